//! What somebody has that is worth knowing.

use super::super::pattern::{Negation, Rule, rule};

const fn thing(patterns: &'static [&'static str], says: &'static str) -> Rule {
    rule(patterns, says).importance(0.5).tag("possession")
}

pub(super) static RULES: &[Rule] = &[
    rule(
        &[
            "my|our <bill> is|are now? <amount>",
            "my|our <bill> went|has_gone|is_going|goes up|down to <amount>",
            "my|our <bill> rose|dropped|fell|increased|has_risen|was_raised to <amount>",
            "I pay <amount> in|of? <bill>",
            "I pay <amount> for the? <bill>",
        ],
        "'s {bill} is {amount}",
    )
    .importance(0.5)
    .tag("money")
    .attribute("user.{bill}"),
    thing(&["I <v:drive|ride> <vehicle>"], "{v} {vehicle}"),
    thing(
        &[
            "I pay for <org> #",
            "I pay for <org> every|each month|year",
            "I subscribe|am_subscribed to <org>",
            "I have|have_got a|an|my <org> subscription|membership",
        ],
        "has a subscription to {org}",
    ),
    thing(&["I have|own|have_got <vehicle>"], "has {vehicle}").negation(Negation::Allowed),
    thing(&["I have|own|have_got <possession>"], "has {possession}").negation(Negation::Allowed),
    thing(
        &["I bought|got|purchased|have_bought|have_purchased|have_got myself|ourselves? <vehicle>"],
        "bought {vehicle}[ {when}]",
    )
    .past(),
    thing(
        &["I bought|purchased|have_bought|have_purchased myself|ourselves? <possession>"],
        "bought {possession}[ {when}]",
    )
    .past(),
    thing(&["I <v:sold|scrapped|donated|rehomed|returned> <vehicle>"], "{w} {vehicle}[ {when}]")
        .past()
        .retracts(),
    thing(&["I have <v:sold|scrapped|donated|rehomed|returned> <vehicle>"], "{w} {vehicle}[ {when}]")
        .past()
        .retracts(),
    thing(
        &[
            "I gave_away|have_given_away|lost|have_lost <vehicle>",
            "I got|have_got|have_gotten rid of <vehicle>",
        ],
        "no longer has {vehicle}",
    )
    .past()
    .retracts(),
    thing(&["I sold|have_sold <possession>"], "sold {possession}[ {when}]").past().retracts(),
    thing(
        &[
            "my <provider> is now? with|at? <org> now? #",
            "my <provider> is|'s called <org>",
            "my new <provider> is|'s called? <org> #",
            "I switched|changed|moved|have_switched|have_changed|have_moved <provider> to <org>",
        ],
        "'s {provider} is {org}",
    )
    .attribute("user.{provider}"),
    thing(&["my <device> is now? a|an <model>"], "'s {device} is a {model}").attribute("user.{device}_model"),
    thing(
        &[
            "I use|run|am_using|am_running <system> $",
            "I use|run|am_using|am_running <system> at|for|on|as|and",
            "I am on <system> $",
            "I switched|have_switched|moved|have_moved to <system>",
        ],
        "uses {system}",
    ),
    rule(&["my <sized> size is <age>"], "'s {sized} size is {age}")
        .importance(0.5)
        .attribute("user.{sized}_size"),
    thing(&["my car|bike|motorbike|motorcycle|van|truck is <vehicle>"], "drives {vehicle}"),
    thing(
        &["I have|hold|got a|my|an driver|drivers|driving|pilot|pilots 's? license|licence|permit"],
        "has a driving licence",
    )
    .negation(Negation::Allowed),
    thing(&["I <v:rent> <possession>"], "{v} {possession}"),
];
