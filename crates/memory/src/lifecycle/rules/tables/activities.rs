//! What somebody does: hobbies, languages, habits, goals.

use domain::memory::MemoryType::Preference;

use super::super::pattern::{Negation, Rule, rule};

const fn hobby(patterns: &'static [&'static str], says: &'static str) -> Rule {
    rule(patterns, says).importance(0.5).tag("hobby")
}

const fn wish(patterns: &'static [&'static str], says: &'static str) -> Rule {
    rule(patterns, says).kind(Preference).importance(0.6).tag("goal").keeps_subject()
}

pub(super) static RULES: &[Rule] = &[
    rule(&["I speak|know|understand|can_speak <languages>", "I am fluent|conversational|proficient in <languages>", "I can speak|understand|read <languages>", "I am a native speaker of <languages>", "I grew_up speaking <languages>", "I speak both <languages>"], "speaks {languages}")
        .importance(0.6)
        .tag("language")
        .attribute("language:{languages}")
        .negation(Negation::Allowed),
    rule(&["my native_language|mother_tongue|first_language|native_tongue is|are <languages>", "I am a native <languages> speaker", "<languages> is my native_language|mother_tongue|first_language|native_tongue"], "'s native language is {languages}")
        .importance(0.7)
        .tag("language")
        .attribute("user.native_language"),
    rule(&["I speak|know <count> languages :|,|-? <languages>"], "speaks {languages}").importance(0.6).tag("language").attribute("language:{languages}"),
    rule(&["I am bilingual"], "is bilingual").importance(0.5).tag("language"),
    rule(&["I am trilingual"], "is trilingual").importance(0.5).tag("language"),
    hobby(&["I switched|have_switched to <languages> instead|lessons|classes|now|because", "I started|have_started <languages> #", "I started|have_started <languages> as_well|too|now|lessons|classes", "I am learning|studying|practising|practicing|teaching_myself|picking_up|trying_to_learn <languages>", "I have been learning|studying|teaching_myself <languages>", "I started|began|have_started learning|studying|to_learn <languages>", "I take|am_taking <languages> lessons|classes", "I learn <languages>"], "is learning {languages}")
        .importance(0.6)
        .tag("language")
        .attribute("learn:{languages}"),
    hobby(&["I am learning|teaching_myself|trying_to_learn how? to? play? <played>", "I have been learning to? play? <played>", "I started|began|have_started learning to? play? <played>", "I take|am_taking <played> lessons|classes", "I have taken up <played>", "I took up <played>"], "is learning to play {played}")
        .attribute("learn:{played}"),
    hobby(&["I take|am_taking <lessons>"], "takes {lessons}"),
    hobby(&["I <v:write|compose> <written>"], "{v} {written}"),
    hobby(&["I <v:commute> <topic>"], "commutes {topic}").tag("habit"),
    hobby(&["I am learning|teaching_myself how? <skill>", "I have been learning|teaching_myself how? <skill>", "I started|began|have_started learning how? <skill>"], "is learning {skill}")
        .attribute("learn:{skill}"),
    hobby(&["I play <played> in <topic>"], "plays {played} in {topic}").attribute("play:{played}"),
    hobby(&["I play <played> with <topic>"], "plays {played} with {topic}").attribute("play:{played}"),
    hobby(&["I play <played> for <topic>"], "plays {played} for {topic}").attribute("play:{played}"),
    hobby(&["I play|can_play <played> <frequency>?", "I have been playing <played> <frequency>?", "I have played <played> for|since", "I can play <played>", "I started|have_started playing <played>"], "plays {played}[ {frequency}]")
        .attribute("play:{played}")
        .negation(Negation::Allowed),
    hobby(&["I <v:play|sing|perform|act> in|with <topic>"], "{v} in {topic}"),
    hobby(&["I <v:sing> <voice> in <topic>", "I <v:sing> <voice> #"], "{v} {voice}[ in {topic}]"),
    hobby(&["I am <topic> in|with|at <ensemble>", "I am in|with <ensemble>"], "is[ {topic}] in {ensemble}"),
    hobby(&["I <v:play> for <org>"], "{v} for {org}"),
    hobby(&["I do|practice|practise|have_been_doing|have_been_practicing|have_been_practising|have_taken_up|took_up|started_doing <practised> <frequency>?", "I am doing|learning <practised>"], "practises {practised}[ {frequency}]")
        .attribute("play:{practised}")
        .negation(Negation::Allowed),
    hobby(&["I <v:collect> <collected>", "I have been collecting <collected>"], "collects {collected}").attribute("like:{collected}"),
    hobby(&["I have a collection of <collected>"], "collects {collected}").attribute("like:{collected}"),
    hobby(&["my hobby|hobbies|interest|interests|passion|passions|main_hobby|favourite_hobby|favorite_hobby|favourite_pastime|favorite_pastime|main_hobbies is|are|include|includes <things>"], "'s hobbies include {things}")
        .kind(Preference)
        .attribute("like:{things}"),
    hobby(&["in|during my|our free|spare time ,? i <pastime>", "outside of? work ,? i <pastime>", "for fun ,? i <pastime>", "I <pastime> in my|our free|spare time", "I <pastime> for fun", "I <pastime> as a hobby", "after work ,? i <pastime>"], "{pastime} in their free time"),
    hobby(&["I <v:volunteer> at|for|with <topic>", "I <v:volunteer> in <topic>"], "volunteers at {topic}"),
    hobby(&["I am volunteering at|for|with <topic>"], "volunteers at {topic}"),
    hobby(&["I am a member of <topic>", "I belong to <topic>"], "is a member of {topic}"),
    hobby(&["I <pastime> <frequency>", "I try to <pastime> <frequency>"], "{pastime} {frequency}").tag("habit"),
    hobby(&["I <v:see> my|the|a <visit> <frequency>"], "{v} their {visit} {frequency}").tag("habit"),
    hobby(&["I have|get <frequency> off", "I am off <frequency>"], "is off {frequency}").tag("habit"),
    hobby(&["I <v:work> <frequency>"], "{v} {frequency}").tag("habit").negation(Negation::Needed),
    hobby(&["I have|have_got a season_ticket for|at|to <topic>"], "has a season ticket for {topic}"),
    hobby(&["I am up at|since|by <clock>", "my alarm is|goes_off at|for <clock>"], "gets up at {clock}").tag("habit").attribute("user.gets_up"),
    hobby(&["<practised> <frequency> #", "<played> <frequency> #", "I have|do|got <practised> <frequency>", "I have|got <played> <frequency>", "I have|got <circle> <frequency>"], "does [{practised}][{played}][{circle}] {frequency}").tag("habit"),
    hobby(&["my <game> is|are|is_now|are_now <frequency> now? #", "<game> is_now|are_now <frequency>", "<game> is|are <frequency> now #"], "plays {game} {frequency}").tag("habit").attribute("play:{game}"),
    hobby(&["my <exercise> is|are|is_now|are_now <frequency> now? #", "<exercise> is_now|are_now <frequency>", "<exercise> is|are <frequency> now #"], "does {exercise} {frequency}").tag("habit").attribute("play:{exercise}"),
    hobby(&["my|the|our <circle> is|meets|rehearses|trains|practises|practices|plays? always? <frequency>", "<circle> is <frequency>"], "'s {circle} is {frequency}").tag("habit"),
    hobby(&["I wake_up|get_up at|around <clock>"], "gets up at {clock}").tag("habit").attribute("user.gets_up"),
    hobby(&["I go to bed|sleep at|around|by <clock>", "I am in bed|asleep by|at <clock>", "lights out at <clock>", "my bedtime is now? <clock>"], "goes to bed at {clock}").tag("habit").attribute("user.goes_to_bed"),
    hobby(&["I started|have_started|took_up|have_taken_up <going> $"], "has started {going}"),
    hobby(&["I am in|on <group>"], "is in {group}"),
    hobby(&["I can not <ability> $", "I never learned|learnt to <ability> $", "I do_not know how to <ability> $"], "cannot {ability}"),
    hobby(&["I go <going>", "I have been going <going>"], "goes {going}"),
    hobby(&["I <hobby> $"], "{hobby}").negation(Negation::Allowed),
    wish(&["I am training for <event>", "I have been training for <event>", "I am in training for <event>"], "is training for {event}"),
    wish(&["I am saving|saving_up|saving_money for|up_for <topic>"], "is saving for {topic}"),
    wish(&["I am saving|saving_up to <goal>"], "is saving up to {goal}"),
    wish(&["I am writing|building|renovating|restoring <work_of_art>", "I have been writing|building|renovating|restoring <work_of_art>"], "is working on {work_of_art}").importance(0.5),
    wish(&["I want|wish to <goal>", "I have always wanted to <goal>", "I really want to <goal>", "I want to <goal>"], "wants to {goal}"),
    wish(&["I would like|love to <goal>", "I would really like|love to <goal>", "I am keen|eager to <goal>"], "would like to {goal}"),
    wish(&["I plan|intend|aim to <goal>", "I am planning|intending|aiming|going|about to <goal>", "I am planning on <goal>", "I have decided to <goal>", "I decided to <goal>"], "plans to {goal}"),
    wish(&["I hope to <goal>", "I am hoping to <goal>"], "hopes to {goal}"),
    wish(&["I am trying|have_been_trying to cut down|back on <topic>"], "is trying to cut down on {topic}"),
    wish(&["I am preparing for <exam>"], "is preparing for {exam}"),
    wish(&["I am trying to <goal>", "I have been trying to <goal>"], "is trying to {goal}"),
    wish(&["I dream of|about going|moving|travelling|traveling to <place>"], "dreams of going to {place}"),
    wish(&["my dream|ambition|life_goal|biggest_dream|lifelong_dream is to <topic>"], "'s dream is to {topic}"),
    wish(&["my new_year_'s_resolution|resolution is to <topic>"], "'s resolution is to {topic}"),
    wish(&["my goal|aim|plan is to <goal>", "my goal|aim for this_year|next_year|the_year is to <goal>"], "wants to {goal}"),
    wish(&["I am planning|organising|organizing a|an|my|our trip|holiday|vacation|honeymoon|road_trip|cruise to|in|around|through <place>"], "is planning a trip to {place}"),
    wish(&["I am planning|organising|organizing my|our wedding"], "is planning their wedding"),
];
