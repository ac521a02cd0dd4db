//! What somebody likes, dislikes and prefers.

use domain::memory::MemoryType::Preference;

use super::super::pattern::{Negation, Rule, rule};

const fn taste(patterns: &'static [&'static str], says: &'static str) -> Rule {
    rule(patterns, says).kind(Preference).importance(0.5).tag("preference")
}

/// Likes and dislikes of one thing share a key, so that the newer one counts.
const fn like(patterns: &'static [&'static str], says: &'static str) -> Rule {
    taste(patterns, says).attribute("like:{things}").negation(Negation::Allowed)
}

pub(super) static RULES: &[Rule] = &[
    taste(&["I prefer|would_prefer <thing> over|rather_than|instead_of|more_than|than|vs|to <rival>"], "prefers {thing} over {rival}"),
    taste(&["I like|love|enjoy <thing> more|better than <other>", "I like <thing> over <other>"], "prefers {thing} over {other}"),
    taste(&["I prefer <v:short|shorter|brief|concise|long|longer|detailed> answers|replies|responses #", "<v:short|shorter|brief|concise|long|longer|detailed> answers|replies|responses please? from_now_on|in_future|in_the_future|always", "keep your|the|all? answers|replies|responses <v:short|brief|concise> from_now_on|in_future|in_the_future|always|please|pls"], "prefers {w} answers").attribute("user.answers"),
    taste(&["always? use <v:metric|imperial|celsius|fahrenheit> units? please|from_now_on|always|pls", "please use <v:metric|imperial|celsius|fahrenheit> units?"], "prefers {w} units").attribute("user.units"),
    taste(&["I prefer <whole_taste>"], "prefers {whole_taste}"),
    taste(&["my all-time|absolute|personal|very? favourite|favorite|fav|fave <kind> is|has_to_be|would_be|must_be|will_always_be|has_always_been definitely|probably|actually? <whole>"], "'s favourite {kind} is {whole}")
        .attribute("favourite:{kind}"),
    taste(&["my all-time? favourite|favorite|fav|fave is <model>"], "'s favourite is {model}"),
    taste(&["I <v:watch|read|eat|drink|cook|play|buy> a_lot_of|lots_of|loads_of|tons_of <thing>", "I am <v:watching|reading|playing> a_lot_of|lots_of <thing>"], "{v} a lot of {thing}").attribute("like:{thing}"),
    taste(&["<thing> is|are now? my new|current favourite|favorite|fav|fave", "my new|current favourite|favorite|fav|fave is <thing>"], "'s favourite is {thing}"),
    taste(&["my least favourite|favorite|fav|fave <kind> is|are <whole>"], "'s least favourite {kind} is {whole}").attribute("disliked:{kind}"),
    taste(&["my guilty pleasure|pleasures is|are <whole>"], "'s guilty pleasure is {whole}"),
    taste(&["my comfort food is <whole>"], "'s comfort food is {whole}"),
    taste(&["my all-time? favourite|favorite|fav|fave <kind> are <whole>"], "'s favourite {kind} are {whole}").attribute("favourite:{kind}"),
    taste(&["<topic> is my all-time|absolute? favourite|favorite|fav|fave <kind>"], "'s favourite {kind} is {topic}").attribute("favourite:{kind}"),
    taste(&["<topic> are my all-time|absolute? favourite|favorite|fav|fave <kind>"], "'s favourite {kind} are {topic}").attribute("favourite:{kind}"),
    like(&["I <v:love|like|enjoy|adore> <things>", "love|hate <things> $"], "{v} {things}"),
    like(&["I have loved|adored <things>", "I have always loved|adored|liked|enjoyed <things>", "I am in love with <things>", "I fell in love with <things>"], "loves {things}"),
    like(&["I have come|grown|learned|learnt|started|begun to <v:love|like|enjoy|appreciate|hate|dislike> <things>", "I came|grew|learned|learnt to <v:love|like|enjoy|appreciate|hate> <things>"], "has come to {w} {things}"),
    like(&["I liked|enjoyed|cared_for <things>"], "liked {things}").negation(Negation::Needed),
    taste(&["I would rather have|drink|eat|do|watch|read|play|go_for <thing> than <other>"], "prefers {thing} over {other}"),
    like(&["I have never liked|enjoyed|cared_for <things>", "I have always hated|disliked <things>"], "dislikes {things}"),
    like(&["I <v:hate|dislike|detest|loathe|despise> <things>"], "{v} {things}"),
    like(&["I can not <v:stand|bear|abide|stomach|resist> <things>", "I can not even <v:stand|bear> <things>"], "cannot {w} {things}"),
    like(&["I can|could not live|do|go|function without <things>"], "cannot live without {things}"),
    like(&["big|huge|massive|lifelong fan of <things>", "I am more of? a <things> person"], "is a fan of {things}"),
    taste(&["die_hard|die-hard|lifelong|big|huge <kind> fan|supporter", "die hard <kind> fan|supporter"], "is a fan of {kind}").attribute("like:{kind}"),
    like(&["I am a|an big|huge|massive|great|real|major|lifelong|die-hard|long-time|total? fan|lover|admirer of <things>", "I have always been a big|huge? fan of <things>"], "is a fan of {things}"),
    like(&["I am big|hot on <things>", "I am into <things>", "I have always been into <things>", "I got|have_gotten|have_got into <things>", "I am getting into <things>"], "is into {things}"),
    like(&["I am fond of <things>"], "is fond of {things}"),
    like(&["I am keen on <things>"], "is keen on {things}"),
    like(&["I am crazy|mad|nuts|wild about <things>"], "is crazy about {things}"),
    like(&["I am passionate about <things>", "I have a passion for <things>"], "is passionate about {things}"),
    like(&["I am obsessed with <things>"], "is obsessed with {things}"),
    like(&["I am addicted to <things>", "I am hooked on <things>"], "is addicted to {things}"),
    taste(&["I am interested|fascinated in|by <interest>", "I have always been interested|fascinated in|by <interest>", "I have an interest in <interest>"], "is interested in {interest}").attribute("like:{interest}").negation(Negation::Allowed),
    like(&["I have a soft spot|weakness|thing for <things>"], "has a soft spot for {things}"),
    taste(&["I have a sweet tooth"], "has a sweet tooth"),
    taste(&["<thing> is|are not my thing|cup_of_tea|jam|favourite|favorite"], "does not like {thing}").attribute("like:{thing}"),
    taste(&["<thing> is|are my favourite|favorite $", "<thing> is|are more my thing", "<thing> is|are sort_of? my thing|jam|passion|guilty_pleasure|comfort_food"], "loves {thing}").attribute("like:{thing}"),
    like(&["I <v:care> for <things>"], "likes {things}").negation(Negation::Needed),
    like(&["I <v:support> <org>"], "supports {org}").attribute("like:{org}"),
    like(&["I listen to <things>", "I mostly|mainly listen to <things>"], "listens to {things}"),
    taste(&["I switched|have_switched from <thing> to <other>"], "has switched from {thing} to {other}"),
    taste(&["back to|on <food> #", "I am back to|on <food> #"], "has {food} again").attribute("like:{food}"),
    taste(&["nothing beats <thing>", "there is nothing better than <thing>"], "loves {thing}"),
];
