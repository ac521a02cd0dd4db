//! The people and animals of somebody, and what binds them.

use domain::memory::MemoryType::Relationship;

use super::super::pattern::{Negation, Rule, rule};

/// Whom one of the user's people has.
pub(in super::super) const RELATED: &str = "related";

pub(super) static RULES: &[Rule] = &[
    rule(&["I have|have_got|got a|an new <relative> now? ,|: <first_name> #", "my|our new <relative> is|'s called? <first_name> #"], "'s {relative} is called {first_name}")
        .kind(Relationship)
        .importance(0.65)
        .tag("family")
        .attribute("user.{relative}.name"),
    rule(&["I have|have_got a|an new? <partnered> now? called|named <name>", "I have|have_got a|an new? <partnered> now? , <name>", "I have|have_got a|an new? <partnered> now #", "I have|have_got a|an new? girlfriend|boyfriend|gf|bf|fiancé|fiancée|fiance|fiancee #"], "has a {partnered}[ named {name}]")
        .kind(Relationship)
        .importance(0.75)
        .tag("family")
        .attribute("user.relationship"),
    rule(&["my|our <doctor> is|'s called|named? <titled>", "my|our <doctor> , <titled> ,"], "'s {doctor} is called {titled}")
        .importance(0.6)
        .tag("contact")
        .attribute("user.{doctor}.name"),
    rule(&["my <kinsman> is called|named <name>", "my <kinsman> 's name is <name>"], "'s {kinsman} is called {name}").others_only().importance(0.5).tag(RELATED),
    rule(&["I have|own|keep <household>", "I have got <household>", "I do have <household>"], "has {household}")
        .kind(Relationship)
        .importance(0.75)
        .tag("family")
        .negation(Negation::Allowed),
    rule(&["I am a? mum|mom|dad|mother|father of twins", "I have twins"], "has twins").kind(Relationship).importance(0.7).tag("family").user_only(),
    rule(&["I am <someone> #"], "'s name is {someone}").others_only().importance(0.9).tag("name").attribute("user.name"),
    rule(&["I have|have_got|get my|the <house> <frequency>"], "has the {house} {frequency}").importance(0.65).tag("family"),
    rule(&["I have|own|have_got <kept>"], "has {kept}").importance(0.55).tag("possession"),
    rule(&["I have been with <someone> for|since", "I have been together with <someone>", "I am with <first_name> now|since"], "'s partner is called [{someone}][{first_name}]").kind(Relationship).importance(0.7).tag("family").attribute("user.partner.name"),
    rule(&["I am <count> <v:months|weeks> old"], "is {count} {w} old").others_only().importance(0.7).tag("age").attribute("user.age"),
    rule(&["I am <ages> $", "I am <ages> years old"], "is {ages} years old").others_only().importance(0.7).tag("age").attribute("user.age"),
    rule(&["I adopted|got|rescued|bought <household>", "I have adopted|rescued|bought <household>", "I am the owner of|to <household>", "I share my home|flat|house|life with <household>"], "has {household}")
        .kind(Relationship)
        .importance(0.75)
        .tag("pet")
        .past(),
    rule(&["I am a|an <breed> #"], "is a {breed}").others_only().importance(0.55).tag("pet"),
    rule(&["I am <marital> to|with <someone>", "I have been <marital> to|with <someone>"], "is {marital} to {someone}")
        .kind(Relationship)
        .importance(0.75)
        .tag("family")
        .attribute("user.relationship"),
    rule(&["I am <marital> $", "I have been <marital> $", "I am newly|recently|happily <marital> $"], "is {marital}")
        .kind(Relationship)
        .importance(0.7)
        .tag("family")
        .attribute("user.relationship")
        .negation(Negation::Allowed),
    rule(&["I am in a|an relationship|long-term_relationship|long-distance_relationship|open_relationship|long_distance_relationship"], "is in a relationship")
        .kind(Relationship)
        .importance(0.7)
        .tag("family")
        .attribute("user.relationship")
        .negation(Negation::Allowed),
    rule(&["I am going_through|getting|in_the_middle_of a|my|our divorce|separation #"], "is going through a divorce")
        .kind(Relationship)
        .importance(0.75)
        .tag("family")
        .attribute("user.relationship"),
    rule(&["I am dating|seeing someone|somebody new? ,|: his|her|their name is <name>", "I am dating|seeing someone|somebody new? called|named <name>"], "is dating {name}")
        .kind(Relationship)
        .importance(0.7)
        .tag("family")
        .attribute("user.partner.name"),
    rule(&["I am dating|seeing <someone> $", "I have been dating|seeing <someone> for|since"], "is dating {someone}")
        .kind(Relationship)
        .importance(0.7)
        .tag("family")
        .attribute("user.partner.name"),
    rule(&["I am <role> of|to <household>", "as|being <role> of <household> ,|i"], "is {role} of {household}").kind(Relationship).importance(0.75).tag("family"),
    rule(&["I am <role> of|to <count>", "as|being <role> of <count> ,|i"], "is {role} of {count}").kind(Relationship).importance(0.75).tag("family"),
    rule(&["I was raised|brought_up by my <kin>", "my <kin> raised me"], "was raised by their {kin}").importance(0.6).tag("family").user_only(),
    rule(&["I am <role> $", "as|being <role> ,|i", "I became|have_become <role> $"], "is {role}").kind(Relationship).importance(0.7).tag("family"),
    rule(&["I am pregnant with <topic>"], "is pregnant with {topic}").importance(0.85).tag("health").attribute("user.pregnancy"),
    rule(&["I am <count> <v:weeks|months|week|month> pregnant"], "is {count} {w} pregnant").importance(0.85).tag("health").attribute("user.pregnancy"),
    rule(&["I am pregnant $"], "is pregnant").importance(0.85).tag("health").attribute("user.pregnancy").negation(Negation::Allowed),
    rule(
        &[
            "I am expecting|having a|our|my baby|child|little_one|first_child|second_child|first_baby|second_baby $",
            "I are|am expecting in|this|next|our",
        ],
        "is expecting a baby",
    )
    .importance(0.85)
    .tag("family")
    .attribute("user.pregnancy"),
    rule(&["I am trying for a baby|child|another"], "is trying for a baby").importance(0.8).tag("family"),
    rule(&["<first_name> is no longer my <relative> $", "<first_name> is not my <relative> anymore|any_more|any_longer $"], "'s {relative} is no longer {first_name}")
        .kind(Relationship)
        .importance(0.7)
        .tag("family")
        .retracts(),
    rule(&["I broke|split up with my <topic>"], "broke up with their {topic}")
        .kind(Relationship)
        .importance(0.75)
        .tag("family")
        .attribute("user.partner.name")
        .retracts(),
    rule(&["I broke|split up with <someone>"], "broke up with {someone}")
        .kind(Relationship)
        .importance(0.75)
        .tag("family")
        .attribute("user.partner.name")
        .retracts(),
    rule(&["I broke|split up $", "I have broken|split up $"], "and their partner broke up[ {when}]")
        .kind(Relationship)
        .importance(0.75)
        .tag("family")
        .attribute("user.partner.name")
        .retracts()
        .past()
        .user_only(),
    rule(&["I am together $"], "is together with their partner")
        .kind(Relationship)
        .importance(0.75)
        .tag("family")
        .attribute("user.partner.name")
        .negation(Negation::Needed)
        .retracts()
        .user_only(),
    rule(&["I left|divorced|dumped me $", "I broke_up|split_up with me $"], "left the user")
        .others_only()
        .kind(Relationship)
        .importance(0.75)
        .tag("family")
        .attribute("user.name")
        .retracts(),
    rule(&["I died|passed_away|passed $", "I was|has_been put_to_sleep|put_down", "I has_died", "I has passed_away", "I is deceased|dead", "I am no_longer with us"], "died[ {when}]")
        .others_only()
        .importance(0.8)
        .tag("family")
        .past(),
    rule(&["I was adopted $", "I was adopted as|when|at|by|from"], "was adopted").importance(0.7).tag("family"),
];
