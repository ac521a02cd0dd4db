//! Health, allergies, and what somebody does not eat.

use domain::memory::MemoryType::Event;

use super::super::pattern::{Negation, Rule, rule};

const fn health(patterns: &'static [&'static str], says: &'static str) -> Rule {
    rule(patterns, says).importance(0.9).tag("health")
}

const fn food(patterns: &'static [&'static str], says: &'static str) -> Rule {
    rule(patterns, says).importance(0.8).tag("food")
}

pub(super) static RULES: &[Rule] = &[
    health(&["I am allergic|alergic|allergc to <allergens>", "I have been|become allergic to <allergens>", "I became allergic to <allergens>", "allergic to <allergens> $", "my allergies are|include|: <allergens>", "I have a|an|some? severe|bad|mild|serious|strong|terrible|slight? allergy|allergies|allergic_reaction|allergic_reactions to|against <allergens>", "I suffer from a|an? severe? allergy|allergies to <allergens>", "I developed|have_developed an|a? allergy to <allergens>"], "is allergic to {allergens}")
        .tag("allergy")
        .attribute("allergy:{allergens}")
        .negation(Negation::Allowed),
    health(&["I have|have_got|suffer_from|developed|have_developed <allergy>"], "has {allergy}").tag("allergy").attribute("allergy:{allergy}").negation(Negation::Allowed),
    health(&["I am intolerant to|of <allergens>", "I have an intolerance to|for <allergens>"], "is intolerant to {allergens}").tag("allergy").attribute("allergy:{allergens}"),
    health(&["I am sensitive to <allergens>"], "is sensitive to {allergens}").tag("allergy").attribute("allergy:{allergens}"),
    health(&["<trigger> give|gives|gave me <v:hives|rashes|migraine|migraines|headaches|heartburn|indigestion|cramps|hiccups>", "I get <v:hives|rashes|migraines|headaches|heartburn> from|after_eating <trigger>"], "gets {w} from {trigger}")
        .tag("allergy")
        .attribute("allergy:{trigger}"),
    health(&["<trigger> give|gives|gave me a_rash|stomach_aches|stomach_ache|a_stomach_ache", "<trigger> make|makes me sneeze|itch|sick|ill|vomit|swell_up|break_out|wheeze|bloated|nauseous", "<trigger> puts|put|lands|landed me in hospital", "<trigger> repeats|repeat on me", "<trigger> does|do not agree with me", "<trigger> upsets|upset my stomach", "I can not tolerate <trigger>", "I react badly|allergically to <trigger>", "I get|break_out_in hives|a_rash|rashes|migraines|heartburn|sick from|after_eating <trigger>", "<trigger> make|makes my throat|tongue|eyes|lips|skin|face"], "reacts badly to {trigger}")
        .tag("allergy")
        .attribute("allergy:{trigger}"),
    food(&["I can not <v:eat|drink|tolerate|digest> <foods>", "I am not allowed|able to <v:eat|drink> <foods>", "I am unable to <v:eat|drink|digest> <foods>"], "cannot {w} {foods}").attribute("diet:{foods}"),
    food(&["I can not <v:have> <banned_food>", "I am not allowed to <v:have> <banned_food>"], "cannot {w} {banned_food}").attribute("diet:{banned_food}"),
    food(&["I have not eaten|had|touched|drunk <food>"], "does not have {food}").attribute("diet:{food}"),
    food(&["I eat|am_eating <v:meat|fish|dairy|gluten> again", "I have gone_back|started to? eating <v:meat|fish|dairy|gluten> again?", "I started eating <v:meat|fish|dairy|gluten> again", "I went back to eating <v:meat|fish|dairy|gluten>"], "eats {w} again").attribute("user.diet"),
    food(&["I started|have_started eating|drinking <food> again|now", "I am eating|drinking|having <food> again|now", "I drink|smoke <food> again"], "has {food} again").attribute("diet:{food}"),
    food(&["I <v:drive> #"], "{v}").negation(Negation::Needed).attribute("user.driving"),
    food(&["no <food> for me"], "does not have {food}").attribute("diet:{food}"),
    food(&["<restriction> here $"], "is {restriction}").attribute("diet:{restriction}"),
    health(&["<allergy> here $"], "has {allergy}").tag("allergy").attribute("allergy:{allergy}"),
    health(&["I had|have_had|got my|the <organ> out|removed|taken_out|done", "my <organ> was|were removed|taken_out"], "had their {organ} removed[ {when}]").past(),
    health(&["I <v:donate|give> blood|plasma regularly|twice|every #"], "{v} blood regularly").importance(0.5).tag("habit"),
    health(&["<condition> from|since|after <topic> #"], "has {condition}").attribute("health:{condition}"),
    health(&["<medication> since|for_my"], "takes {medication}"),
    health(&["<pollen> kills|kill me", "<pollen> season kills|kill me"], "is allergic to {pollen}").tag("allergy").attribute("allergy:{pollen}"),
    food(&["I <v:drink|eat> <food> now|instead|only|every|twice"], "{v} {food}").importance(0.5),
    food(&["I can not do|handle <food>"], "cannot have {food}").attribute("diet:{food}"),
    food(&["I <v:do> <food> $"], "{v} {food}").negation(Negation::Needed).attribute("diet:{food}"),
    health(&["my blood_pressure is|has_been too? high", "the doc|doctor says my blood_pressure is too? high"], "has high blood pressure").attribute("health:blood_pressure"),
    health(&["I <v:fast> during|in|for <festival>"], "{v} during {festival}").importance(0.6).tag("habit"),
    health(&["I <v:celebrate|observe|keep> <festival>"], "{v} {festival}").importance(0.6).tag("habit"),
    health(&["I am <v:fasting> during|in|for <festival>"], "is {w} during {festival}").importance(0.6).tag("habit"),
    food(&["I <v:eat|drink|consume|touch> <foods>"], "{v} {foods}").negation(Negation::Needed).attribute("diet:{foods}"),
    food(&["I <v:drink> #"], "drinks alcohol").negation(Negation::Needed).attribute("diet:alcohol"),
    food(&["I <v:smoke|vape> $", "I <v:smoke|vape> five|ten|fifteen|twenty|thirty|forty|10|20|30 a_day", "I <v:smoke> cigarettes|a_pack"], "{v}").tag("habit").negation(Negation::Allowed).attribute("user.smoking"),
    food(&["I only <v:eat|drink|buy> <foods>"], "only {v} {foods}"),
    food(&["I stopped|quit|gave_up|have_stopped|have_quit|have_given_up eating <foods>", "I have given_up|cut_out|cut <foods> out? $", "I cut_out|gave_up <foods> $", "I have cut_out <foods>"], "no longer eats {foods}").attribute("diet:{foods}").retracts(),
    food(&["I stopped|quit|gave_up|have_stopped|have_quit|have_given_up drinking <foods>"], "no longer drinks {foods}").attribute("diet:{foods}").retracts(),
    food(&["I stopped|quit|gave_up|have_stopped|have_quit|have_given_up drinking|alcohol $"], "no longer drinks alcohol").attribute("diet:alcohol").retracts(),
    food(&["I have never <v:smoked|vaped>", "I never <v:smoked|vaped>"], "has never {w}").tag("habit").attribute("user.smoking"),
    food(&["I stopped|quit|gave_up|have_stopped|have_quit|have_given_up smoking|cigarettes $"], "no longer smokes").tag("habit").attribute("user.smoking").retracts(),
    food(&["I avoid|stay_away_from|steer_clear_of eating? <foods>", "I try|am_trying to avoid <foods>", "I have to avoid <foods>", "I need to avoid <foods>"], "avoids {foods}").attribute("diet:{foods}"),
    food(&["I switched|have_switched|moved|have_moved|changed to a|an <diet> diet"], "follows a {diet} diet").attribute("user.diet"),
    food(&["I follow|keep|am_on|am_following|have_to_follow a|an|the <diet> diet"], "follows a {diet} diet").attribute("user.diet"),
    food(&["I follow|keep|am_on|am_following|have_to_follow a|an|the <restriction> diet"], "follows a {restriction} diet").attribute("diet:{restriction}"),
    food(&["I am <diet> $", "I am <diet> myself $", "I am <diet> again $", "I am a|an <diet> $", "I have been <diet> $", "I have been a|an <diet> $", "I became|went|turned|have_become|have_gone|have_turned a|an? <diet> $"], "is {diet}").attribute("user.diet").negation(Negation::Allowed),
    food(&["<diet> here $", "<diet> here ,", "as|being a|an <diet> ,|i", "as|being <diet> ,|i"], "is {diet}").attribute("user.diet"),
    food(&["I am <restriction> $", "I am a|an <restriction> $", "I am <restriction> myself $", "I have been <restriction> $", "I went|have_gone <restriction> $"], "is {restriction}").attribute("diet:{restriction}").negation(Negation::Allowed),
    food(&["I eat|keep <diet> $"], "eats {diet}").attribute("user.diet"),
    food(&["I eat <restriction> $"], "eats {restriction}").attribute("diet:{restriction}"),
    health(
        &[
            "I have|have_got|suffer_from|have_suffered_from|live_with|struggle_with|deal_with|battle|have_had|get|was_born_with|have_developed|developed <condition>",
            "I was|am|have_been|got diagnosed with|as_having <condition>",
            "my doctor|doctors|therapist diagnosed me with <condition>",
            "my doctor|gp|doc|cardiologist|therapist|psychiatrist told|says|said|thinks me? i have|had <condition>",
            "they diagnosed me with <condition>",
            "I am living|struggling|dealing with <condition>",
            "as someone|a_person with|who_has <condition>",
        ],
        "has {condition}",
    )
    .attribute("health:{condition}")
    .negation(Negation::Allowed),
    health(&["I am <v:deaf|blind> in my <side>"], "is {w} in their {side}"),
    health(&["I am <v:deaf|blind> in one ear"], "is {w} in one ear"),
    health(&["I am <v:deaf|blind> in one eye"], "is {w} in one eye"),
    health(&["I am <state> $", "I am <state> myself $", "I have been <state> $", "I was born <state> $"], "is {state}").attribute("health:{state}").negation(Negation::Allowed),
    health(&["I have|have_got|got|had <implant> fitted|put_in|implanted", "they|the_doctors fitted me with <implant>"], "has {implant}")
        .attribute("health:{implant}"),
    health(&["they|the_doctors replaced my <joint> #", "I had|have_had my <joint> replaced #"], "had their {joint} replaced[ {when}]")
        .kind(Event)
        .past(),
    health(&["I am recovering from <happening>"], "is recovering from {happening}"),
    health(&["I am afraid|scared|terrified|frightened|petrified of <fears>", "I am phobic about <fears>", "I have a|an fear|phobia|terror of <fears>", "<fear> terrify|terrifies|scare|scares|frighten|frightens me", "my biggest|greatest? fear is <fears>", "I fear <fears>"], "is afraid of [{fears}][{fear}]")
        .importance(0.6)
        .tag("fear")
        .attribute("fear:{fears}")
        .negation(Negation::Allowed),
    health(&["I take|am_taking|am_on|use|have_to_take|have_been_taking <medication> ,? <dose>", "I take|am_taking|am_on|use|have_to_take <dose> of? <medication>"], "takes {medication} {dose}")
        .attribute("medication:{medication}"),
    health(&["I take|am_taking|am_on|use|have_to_take <medication>", "I have been taking|on <medication>"], "takes {medication}")
        .importance(0.85)
        .attribute("medication:{medication}"),
    health(&["I <v:wear|use> <worn>"], "{v} {worn}").importance(0.6),
    health(&["my blood_type|blood_group is <topic>"], "'s blood type is {topic}").attribute("user.blood_type"),
];
