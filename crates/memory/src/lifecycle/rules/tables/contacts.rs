//! How somebody is reached, and what their things are called.

use super::super::pattern::{Rule, rule};

pub(super) static RULES: &[Rule] = &[
    rule(
        &[
            "my new? phone|mobile|cell? number|phone|mobile is now? <phone>",
            "my new? number is now? <phone>",
            "I have|got|have_got a|another new phone|mobile|cell? number :|- <phone>",
            "I have|got|have_got a|another new phone|mobile|cell? number <phone>",
            "I have|got|have_got a|another new phone|mobile|cell? number , it is <phone>",
            "I changed|have_changed my number to|, :? <phone>",
            "phone|mobile|tel is|:? also? new? :? <phone>",
        ],
        "'s phone number is {phone}",
    )
    .importance(0.7)
    .tag("contact")
    .attribute("user.phone"),
    rule(
        &[
            "my new? address is now? <address>",
            "new? address is|: <address>",
            "I live at <address>",
            "I have moved to <address>",
            "I moved to <address>",
        ],
        "'s address is {address}",
    )
    .importance(0.75)
    .tag("home")
    .attribute("user.address"),
    rule(
        &[
            "my new? email|mail|e-mail address? is now? <email>",
            "my|new contact|email|mail|e-mail|address address? :? <email>",
        ],
        "'s email address is {email}",
    )
    .importance(0.6)
    .tag("contact")
    .attribute("user.email"),
    rule(
        &[
            "my <venture> is|are called|named <name>",
            "the <venture> is called <name>",
            "my <venture> 's? name is <name>",
        ],
        "'s {venture} is called {name}",
    )
    .importance(0.65)
    .tag("work")
    .attribute("user.{venture}.name"),
    rule(&["I <v:own|have|run> a|an|the <venture> called|named <name>"], "{v} a {venture} called {name}")
        .importance(0.65)
        .tag("work"),
    rule(
        &["I <v:make|host|run|have|produce|write|do> a|an|the <venture> about|on <topic>"],
        "{v} a {venture} about {topic}",
    )
    .importance(0.65)
    .tag("work"),
    rule(&["I have|moved|have_moved my|the <venture> to <address>"], "'s {venture} is at {address}")
        .importance(0.65)
        .tag("work")
        .attribute("user.{venture}.place"),
    rule(
        &["my stage_name|pen_name|artist_name|handle|username|gamertag is <name>"],
        "'s stage name is {name}",
    )
    .importance(0.6)
    .tag("name")
    .attribute("user.stage_name"),
    rule(&["my <research> is|was on|about <topic>"], "'s {research} is on {topic}")
        .importance(0.6)
        .tag("studies"),
    rule(
        &[
            "I write|code|program|develop everything|mostly|mainly? in <code>",
            "at work ,? I write|code|program|do|use everything|mostly? in <code>",
            "at work we write|code|program|do everything|mostly? in <code>",
        ],
        "programs in {code}",
    )
    .importance(0.6)
    .tag("work"),
    rule(&["I <v:use|carry|need|have> <aid>", "I have_to <v:carry|use|wear> <aid>"], "{v} {aid}")
        .importance(0.7)
        .tag("health"),
];
