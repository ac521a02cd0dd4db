//! What happened to somebody, and what they did.

use domain::memory::MemoryType::Event;

use super::super::pattern::{Rule, rule};

const fn event(patterns: &'static [&'static str], says: &'static str) -> Rule {
    rule(patterns, says).kind(Event).importance(0.6).tag("event").past()
}

pub(super) static RULES: &[Rule] = &[
    event(
        &["I got <marital>", "I have gotten|got <marital>", "I have just gotten|got <marital>"],
        "got {marital}[ {when}]",
    )
    .attribute("user.relationship")
    .tag("family")
    .importance(0.7),
    event(&["I was|got|have_been promoted to <title>"], "was promoted to {title}[ {when}]")
        .attribute("user.job")
        .tag("work")
        .importance(0.7),
    event(
        &["they|we|the_company|the_boss|my_boss made me <title>", "I was|got|have_been made <title>"],
        "was made {title}[ {when}]",
    )
    .attribute("user.job")
    .tag("work")
    .importance(0.7),
    event(&["I was|got|have_been promoted $"], "was promoted[ {when}]").tag("work"),
    event(
        &[
            "I was|got|have_been laid_off|fired|sacked|made_redundant|let_go from|by|at <org>",
            "I was|got|have_been laid_off|fired|sacked|made_redundant|let_go",
            "I lost my job <at>?",
        ],
        "lost their job[ at {org}][ {at}][ {when}]",
    )
    .tag("work")
    .importance(0.75)
    .attribute("user.employer")
    .retracts(),
    event(
        &[
            "I quit|left|resigned_from|gave_up my job <at>?",
            "I have quit|left my job <at>?",
            "I handed|have_handed in my badge|notice|resignation at|to <org>",
            "I handed|have_handed in my badge|notice|resignation",
            "I resigned|have_resigned $",
        ],
        "quit their job[ {at}][ at {org}][ {when}]",
    )
    .tag("work")
    .importance(0.75)
    .attribute("user.employer")
    .retracts(),
    event(&["I quit $"], "quit their job[ {when}]")
        .tag("work")
        .importance(0.75)
        .attribute("user.employer")
        .needs_subject()
        .retracts(),
    event(&["I <v:ran|finished|completed|won|did> <deed>"], "{w} {deed}[ {when}]"),
    event(&["I have <v:run|finished|completed|won> <deed>"], "has {w} {deed}[ {when}]"),
    event(&["I <v:won|received|earned> <prize>", "I have <v:won|received> <prize>"], "{w} {prize}[ {when}]"),
    event(
        &[
            "I <v:passed|failed> <exam>",
            "I have <v:passed|failed> <exam>",
            "I have just <v:passed|failed> <exam>",
        ],
        "{w} {exam}[ {when}]",
    ),
    event(
        &[
            "I <v:published|released|finished|wrote|finished_writing> <work_of_art>",
            "I have <v:published|released|written> <work_of_art>",
        ],
        "{w} {work_of_art}[ {when}]",
    ),
    event(
        &[
            "I graduated from <school>",
            "I have graduated from <school>",
            "I am a graduate|alumnus|alumna|alum of <school>",
        ],
        "graduated from {school}[ {when}]",
    )
    .tag("studies"),
    event(&["I graduated with <degree> <at>?"], "graduated with {degree}[ {when}]").tag("studies"),
    event(&["I graduated in <study>"], "graduated in {study}[ {when}]").tag("studies"),
    event(&["I graduated $", "I have graduated $"], "graduated[ {when}]").tag("studies"),
    event(
        &[
            "I <v:finished|quit|left|started> <school_level> $",
            "I have <v:finished|quit|left|started> <school_level> $",
        ],
        "{w} {school_level}[ {when}]",
    )
    .tag("studies"),
    event(&["I dropped_out of|from <topic>"], "dropped out of {topic}[ {when}]").tag("studies"),
    event(
        &["I had <happening>", "I have had <happening>", "I underwent <happening>"],
        "had {happening}[ {when}]",
    )
    .tag("health")
    .importance(0.75),
    event(&["I gave birth"], "gave birth[ {when}]").tag("family").importance(0.8),
    event(
        &["I became a father|dad|mother|mum|mom|parent|grandfather|grandmother|grandparent $"],
        "became a parent[ {when}]",
    )
    .tag("family")
    .importance(0.8),
    event(
        &[
            "I <v:broke|sprained|fractured|tore|dislocated|injured|twisted> my <body>",
            "I have <v:broken|sprained|fractured|torn|injured> my <body>",
        ],
        "{w} their {body}[ {when}]",
    )
    .tag("health")
    .importance(0.7),
    event(
        &["I <v:visited|toured> <destination>", "I have <v:visited> <destination>"],
        "{w} {destination}[ {when}]",
    )
    .tag("travel")
    .importance(0.5),
    event(
        &["I <v:climbed|summited> <destination>", "I have <v:climbed> <destination>"],
        "{w} {destination}[ {when}]",
    )
    .tag("travel")
    .importance(0.5),
    event(&["I have been to <destination>"], "has been to {destination}").tag("travel").importance(0.5),
    event(
        &[
            "I went|travelled|traveled|flew|drove to <destination>",
            "I took a trip|vacation|holiday to <destination>",
            "I went on a trip|holiday|vacation|cruise to <destination>",
            "I went on holiday|vacation to <destination>",
            "I spent my holiday|vacation|honeymoon in <destination>",
        ],
        "went to {destination} {when}",
    )
    .needs_date()
    .tag("travel")
    .importance(0.5),
    event(
        &[
            "I returned|came_back|got_back from <destination>",
            "I have returned|come_back|got_back from <destination>",
        ],
        "came back from {destination}[ {when}]",
    )
    .tag("travel")
    .importance(0.4)
    .needs_date(),
    event(&["I <v:met> my <topic>"], "met their {topic} {when}").needs_date().tag("family"),
    event(&["I proposed to my <topic>"], "proposed to their {topic}[ {when}]").tag("family").importance(0.7),
    event(&["I <v:joined> <org>"], "joined {org} {when}").needs_date().tag("work"),
    event(
        &["I signed_up|registered for <deed>", "I have signed_up|registered for <deed>"],
        "signed up for {deed}",
    )
    .tag("plan"),
    event(&["I attended <deed>"], "attended {deed} {when}").needs_date(),
    event(&["I <v:celebrated> <deed>"], "{w} {deed} {when}").needs_date(),
];
