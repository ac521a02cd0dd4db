//! What somebody has given up, called off or left: it ends what was known.

use domain::memory::MemoryType::Event;

use super::super::pattern::{Negation, Rule, rule};

const fn ending(patterns: &'static [&'static str], says: &'static str) -> Rule {
    rule(patterns, says).importance(0.6).tag("ending").retracts()
}

pub(super) static RULES: &[Rule] = &[
    ending(&["I stopped|quit|have_stopped|have_quit taking the|my? <medication> #", "I came|have_come off the|my? <medication>", "I am off <medication> now|for_good|completely|entirely|altogether #"], "no longer takes {medication}")
        .importance(0.85)
        .tag("health")
        .attribute("medication:{medication}"),
    ending(&["I stopped|quit|gave_up|have_stopped|have_quit|have_given_up being|doing|eating|going? <diet> #", "I stopped|quit|gave_up|have_stopped|have_quit|have_given_up the <diet> diet #", "I am done with the? <diet> diet? #"], "is no longer {diet}")
        .importance(0.8)
        .tag("food")
        .attribute("user.diet"),
    ending(&["I am off <food> for_good|now|again|since|completely|entirely|altogether", "I am off <food> #", "I have gone off <food>", "I have been off <food>"], "no longer has {food}")
        .importance(0.8)
        .tag("food")
        .attribute("diet:{food}"),
    rule(&["I am at|with <org> #"], "works at {org}").importance(0.7).tag("work").attribute("user.employer").negation(Negation::Needed),
    rule(&["I am doing|running|joining <destination> $", "I am going to <destination> $"], "is going to {destination}").importance(0.5).tag("plan").negation(Negation::Needed),
    rule(&["I am going to the|my|our <occasion> $"], "is going to the {occasion}").importance(0.5).tag("plan").negation(Negation::Needed),
    ending(&["I quit|left|cancelled|canceled|dropped|gave_up|have_quit|have_left|have_cancelled|have_dropped|have_given_up my|the <group_left> $", "I dropped out of the|my <group_left> $"], "no longer goes to the {group_left}"),
    rule(&["I am working <at> #"], "works {at}").importance(0.7).tag("work").attribute("user.workplace").negation(Negation::Needed),
    ending(&["I gave_up|have_given_up|quit|have_quit|stopped|have_stopped playing? the? <given_up>"], "no longer plays {given_up}").attribute("play:{given_up}"),
    ending(&["I dropped|quit|gave_up|stopped|have_dropped|have_quit|have_given_up|have_stopped on? learning|studying|my? <languages>"], "is no longer learning {languages}")
        .attribute("learn:{languages}"),
    ending(&["I stopped|quit|dropped|gave_up|have_stopped|have_quit|have_dropped|have_given_up with|studying <study>", "I dropped_out of <study>", "I am no longer studying <study>"], "no longer studies {study}").attribute("user.studies"),
    ending(&["I can not <hobby_verb> anymore|any_more|any_longer $"], "can no longer {hobby_verb}"),
    ending(&["I stopped|quit|have_stopped|have_quit|gave_up|have_given_up|am_done_with <doing>"], "has stopped {doing}"),
    ending(&["I cancelled|canceled|scrapped|called_off|have_cancelled|have_canceled|have_scrapped|have_called_off my|the|our <occasion> $", "<bare_occasion> is|got|was|has_been cancelled|canceled|called_off", "there is no <occasion> anymore|any_more|after_all|any_longer", "no <occasion> anymore|any_more|after_all|this_year|then|now #"], "cancelled the [{occasion}][{bare_occasion}]")
        .kind(Event)
        .tag("plan"),
    ending(&["the|our|my <occasion> is|got|was|has_been off|cancelled|canceled|called_off"], "'s {occasion} was cancelled").kind(Event).tag("plan"),
    ending(&["the? <place> thing|trip|move|plan|plans|holiday|visit? is|are|'s off|cancelled|canceled|not_happening altogether|completely|now|then? #"], "'s plans for {place} are off").kind(Event).tag("plan"),
    ending(&["I lost my <relative> $"], "'s {relative} died").kind(Event).tag("family").importance(0.8),
];
