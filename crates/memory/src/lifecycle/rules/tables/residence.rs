//! Where somebody lives, and with whom.

use super::super::pattern::{Rule, rule};

pub(super) static RULES: &[Rule] = &[
    rule(
        &[
            "I live|reside|dwell over|out|up|down|back? in|at <place>",
            "I am living|residing over|out|back? in|at <place>",
            "I have been living|residing in <place>",
            "I have lived|resided in <place> for|since|all|my_whole|ever",
            "I make|made my home in <place>",
            "I call <place> home",
            "my home is in? <place> $",
            "home is <place> $",
            "home for|to me is <place> $",
            "living in <place> $",
            "I am back in <place> for_good|as_of|again|since|permanently|now",
            "I am in <place> since",
            "I have been in <place> since|for",
            "I am in <place> , originally from",
            "I live <phrase> , in <place>",
            "I live <phrase> in <place> $",
            "I stay in my|our rented? flat|house|apartment|place in <place>",
            "I rent a|an rented? flat|house|apartment|place|room|studio in <place>",
        ],
        "lives in {place}",
    )
    .importance(0.8)
    .tag("home")
    .attribute("user.home"),
    rule(
        &[
            "I am based|located|settled in|out_of|at <place>",
            "I am living_and_working in <place>",
            "based in|out_of <place> $",
            "I have been based in <place>",
            "my base is in? <place>",
        ],
        "is based in {place}",
    )
    .importance(0.8)
    .tag("home")
    .attribute("user.home"),
    rule(
        &[
            "I moved|relocated|shifted|emigrated|immigrated back|over|out|down|up|here? to|into <place>",
            "I moved|have_moved|am_moving again|back|house ,? this_time? to <place>",
            "I have moved|relocated|emigrated back|over|out|down|up? to|into <place>",
            "I moved here|over ,? to <place>",
            "I settled|have_settled down? in <place>",
            "I have settled down? in <place>",
        ],
        "lives in {place}",
    )
    .importance(0.8)
    .tag("home")
    .attribute("user.home")
    .past(),
    rule(
        &[
            "I moved|have_moved into a|an|our|my new? <dwelling> in <place>",
            "my|our|the new <dwelling> is in <place>",
        ],
        "lives in a {dwelling} in {place}",
    )
    .importance(0.8)
    .tag("home")
    .attribute("user.home"),
    rule(&["I moved|have_moved from <topic> to <new_home>"], "lives in {new_home}")
        .importance(0.8)
        .tag("home")
        .attribute("user.home")
        .past(),
    rule(&["I am in <place> these_days|permanently|for_good #"], "lives in {place}")
        .importance(0.8)
        .tag("home")
        .attribute("user.home")
        .others_only(),
    rule(&["I live on <place>"], "lives on {place}").importance(0.8).tag("home").attribute("user.home"),
    rule(&["I live|reside|am_living <nearby>", "I have been living <nearby>"], "lives {nearby}")
        .importance(0.8)
        .tag("home")
        .attribute("user.home"),
    rule(
        &[
            "my hometown|home_town|native_town|home_city is|was <place>",
            "my hometown|home_town is called <place>",
        ],
        "'s home town is {place}",
    )
    .importance(0.7)
    .tag("home")
    .attribute("user.home_town"),
    rule(
        &[
            "I live|am_living together? with <company>",
            "I have moved in with <company>",
            "I moved in with <company>",
            "I share a|an flat|apartment|house|room with <company>",
            "I am_sharing a|an flat|apartment|house with <company> #",
        ],
        "lives with {company}",
    )
    .importance(0.6)
    .tag("home"),
    rule(&["I live on the <nth> floor"], "lives on the {nth} floor")
        .importance(0.5)
        .tag("home")
        .attribute("user.floor"),
    rule(&["I live|am_living alone|by_myself|on_my_own"], "lives alone")
        .importance(0.6)
        .tag("home")
        .attribute("user.household"),
    rule(
        &["I lived in <place>", "I have lived in <place>", "I spent <count> years in <place>"],
        "has lived in {place}",
    )
    .importance(0.5)
    .tag("home"),
];
