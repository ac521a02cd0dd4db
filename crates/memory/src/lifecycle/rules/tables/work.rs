//! What somebody does for a living, and for whom.

use super::super::pattern::{Rule, rule};

const fn work(patterns: &'static [&'static str], says: &'static str) -> Rule {
    rule(patterns, says).importance(0.8).tag("work")
}

pub(super) static RULES: &[Rule] = &[
    work(
        &[
            "I work|am_working|am_employed|have_been_working as <job> <at>?",
            "I work|am_working at|for <org> as <job>",
            "I work|am_working <at> as <job>",
            "I have worked as <job> <at>? for|since",
            "working as <job> <at>? $",
            "I started|began|have_started working|work|out? as <job> <at>?",
            "I was|got|have_been hired as <job> <at>?",
            "I got|landed|found|took|accepted|started|have_got a|an? new? job|position|role|work|gig as <job> <at>?",
            "I have a|an? job|position as <job> <at>?",
            "I make|earn my|a living as <job>",
            "my job|profession|occupation|role|position|job_title|trade|day_job|current_role|current_job is being? <job> <at>?",
            "my job|profession|occupation|role|position|job_title is <title> <at>?",
            "I am employed by|at <org> as <job>",
        ],
        "works as {job}[ {at}][ at {org}]",
    )
    .attribute("user.job"),
    work(&["I am qa|dev|devops|faculty|staff <at>"], "works {at}").attribute("user.workplace"),
    work(&["I am|have applying|applied for|to <applied>", "I applied|have_applied for|to <applied>"], "is applying for {applied}").importance(0.6),
    work(&["my job is <doing>"], "'s job is {doing}"),
    work(&["I do <topic> for a living"], "does {topic} for a living"),
    work(&["I <v:cycle|walk|bike|run|drive> to work"], "{v} to work").importance(0.5),
    work(&["<job> here $", "<job> here ,"], "works as {job}").attribute("user.job"),
    work(&["I am training|studying to|to_be|to_become become|be? <job>", "I am training as <job>"], "is training to become {job}"),
    work(&["I am <profession> <at>?", "by profession|trade|training ,? i am <profession>", "I have been <profession> <at>? for|since|all", "I became|have_become <profession> <at>?", "as|being <profession> ,|i"], "is {profession}[ {at}]")
        .attribute("user.job"),
    work(&["I was <profession> <at>?"], "was {profession}[ {at}]").importance(0.6),
    work(&["I worked|have_worked as <job> <at>?"], "worked as {job}[ {at}]").importance(0.6),
    work(&["I am <work_state> $", "I have been <work_state> $", "I am <work_state> from|after", "I became <work_state>"], "is {work_state}").attribute("user.job"),
    work(&["I retired $", "I have retired $", "I retired from <topic>", "I am retired from"], "is retired").attribute("user.job").past(),
    work(&["I work|am_working <shift> as <job> <at>?"], "works {shift} as {job}[ {at}]").attribute("user.job"),
    work(&["I work|am_working <work_mode> as <job> <at>?"], "works as {job}[ {at}]").attribute("user.job"),
    work(&["I work|am_working|do|am_doing|am_on only|permanent|mostly? <shift> now|only? #", "I work|am_working|am_on permanent|only <shift>", "I do|am_doing <shift> only now?"], "works {shift}").importance(0.6).attribute("user.shift"),
    work(&["I came|have_come off <shift>"], "no longer works {shift}").importance(0.6).attribute("user.shift").retracts(),
    work(&["I work|am_working <work_mode> $", "I have been working <work_mode> $", "I work <work_mode> as"], "works {work_mode}").importance(0.6).attribute("user.work_mode"),
    work(&["I work|am_working <work_mode> <at>"], "works {work_mode} {at}").attribute("user.employer"),
    work(
        &[
            "I work|am_working|am_employed|intern at|with|over_at <org>",
            "I have been working at <org>",
            "I have worked at <org> for|since",
            "I started|have_started|began working|work|a_job|a_new_job|my_new_job? at|with <org>",
            "I got|landed|found|took|accepted|have_got|have_accepted a|an|my|the? new? job|position|role|offer|job_offer|internship at|with|from <org>",
            "I was|got|have_been hired by|at <org>",
            "I am employed by <org>",
            "I have a job|position at <org>",
            "my employer|workplace|company|new_employer|current_employer is|is_called <org>",
        ],
        "works at {org}",
    )
    .attribute("user.employer"),
    work(&["I work|am_working|freelance|consult for <org>", "I have been working for <org>", "I have worked for <org> for|since", "I started|began working for <org>"], "works for {org}").attribute("user.employer"),
    work(&["I work|am_working in it $"], "works in IT").attribute("user.field"),
    work(&["I work|am_working for|at|with the <service>", "I have been working for|at|with the <service>", "I have worked for|at|with the <service> for|since"], "works for the {service}").attribute("user.employer"),
    work(&["I work|am_working|am in <field> $", "I have been working|worked in <field>", "I have a job in <field>", "I got|found a job in <field>", "my job is in <field>", "I am in the <field> industry|business|sector|field"], "works in {field}")
        .attribute("user.field"),
    work(&["I work|am_working in the <field> industry|business|sector|field|department"], "works in {field}").attribute("user.field"),
    work(&["I work|am_working <at>", "I have been working <at>"], "works {at}").attribute("user.workplace"),
    work(&["I worked|used_to_work at|for <org>", "I have worked at|for <org>"], "worked for {org}").importance(0.5),
    work(&["I left|quit <old_employer> ,|and|. i am at <org> now", "I left|quit <old_employer> ,|and now? i work at|for <org>"], "works at {org}").attribute("user.employer"),
    work(&["I handed_in|have_handed_in my badge|notice|resignation at|to <org>", "I resigned|have_resigned from <org>"], "resigned from {org}[ {when}]").past().retracts().attribute("user.employer"),
    work(&["I left|quit <org>"], "left {org} {when}").needs_date().past().retracts().attribute("user.employer"),
    work(&["I have <business> <at>?"], "has {business}[ {at}]").importance(0.7),
    work(&["I <v:lecture|teach> at <org>"], "{v} at {org}").attribute("user.employer"),
    work(&["I <v:sell|repair|restore|breed|tune|translate|milk|bind> <things>"], "{v} {things}").importance(0.6),
    work(&["I <v:run|own|manage|lead|co-own> <business> for <topic> in <place>", "I <v:run|own|manage|lead|co-own> <business> <where>?"], "{v} {business}[ for {topic} in {place}][ {where}]").importance(0.7),
    work(&["I have my own <own_business>"], "has their own {own_business}").importance(0.7),
    work(&["I <v:founded|started|opened|launched|co-founded|set_up> <business>", "I have <v:founded|started|opened|launched> <business>"], "{w} {business}").importance(0.7).past(),
    work(&["I am the? owner|founder|co-founder of <topic>"], "is the founder or owner of {topic}").importance(0.7),
    work(&["I <v:teach> <study> <at>?"], "teaches {study}[ {at}]").attribute("user.teaches"),
    work(&["I <v:teach> at <org>", "I <v:teach> at <school>"], "teaches at {org}[{school}]").attribute("user.employer"),
    work(&["I <v:teach|coach> <skill> $"], "{v} {skill}").importance(0.6),
    work(&["I <v:manage|lead|supervise> a team of <count>"], "{v} a team of {count}").importance(0.5),
    work(&["I <pastime> for a living", "I <pastime> for_work|professionally"], "{pastime} for a living"),
    work(&["I serve|am_serving|am in <forces>"], "serves in {forces}"),
    work(&["I served in <forces>", "I was in <forces>"], "served in {forces}"),
    work(&["I got|found|landed|have_found a new job $", "I have a new job $"], "has a new job").importance(0.5),
    work(&["I <v:farm|fish|teach|coach|nurse|practise|practice> in|near|outside|around <place>"], "{v} near {place}").importance(0.7),
    work(&["I work|am_working with <clients>"], "works with {clients}").importance(0.6),
    work(&["I was|have_been unemployed"], "has been unemployed").importance(0.5),
    work(&["I am|have_been|work|do|am_working on|onto? <shift> $", "I am|have_been on <shift>"], "works {shift}").importance(0.6).attribute("user.work_mode"),
];
