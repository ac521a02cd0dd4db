//! What somebody studies and has studied.

use super::super::pattern::{Rule, rule};

const fn studies(patterns: &'static [&'static str], says: &'static str) -> Rule {
    rule(patterns, says).importance(0.65).tag("studies")
}

pub(super) static RULES: &[Rule] = &[
    rule(&["I am in grade|class <age> here?", "I am in the <nth> grade"], "is in grade [{age}][{nth}]").importance(0.6).tag("studies").attribute("user.year_of_study"),
    rule(&["I am in year <age> at|now|here|of|#"], "is in year {age}").importance(0.6).tag("studies").attribute("user.year_of_study"),
    rule(&["I am|have_been doing|taking|attending|on <course> <frequency>?", "I do|attend|take <course> <frequency>", "I am enrolled|enroled in|on <course>"], "is doing {course}[ {frequency}]").importance(0.6).tag("studies"),
    studies(
        &[
            "I study|am_studying|am_majoring_in|major_in|am_doing|am_specialising_in|am_specializing_in|am_minoring_in <study> <at>?",
            "I am_reading <study> <at>",
            "I have been studying <study> <at>?",
            "I am enrolled in <study> <at>?",
            "my major|course|degree is in? <study> <at>?",
            "I am a|an <study> major <at>?",
            "I am in <study> school",
        ],
        "studies {study}[ {at}]",
    )
    .attribute("user.studies"),
    studies(
        &[
            "I am doing|pursuing|getting|completing|finishing|taking|working_on|working_towards|working_toward|studying_for|writing|starting <degree> <at>?",
            "I started|have_started|began <degree> <at>?",
            "I am in|halfway_through <degree> <at>?",
        ],
        "is doing {degree}[ {at}]",
    )
    .attribute("user.studies"),
    studies(&["I am in <year_of_study>", "I am halfway through <year_of_study>"], "is in {year_of_study}").attribute("user.year_of_study"),
    studies(
        &["I have|hold|earned|got|completed|finished|received|did <degree> <at>?", "I have got|earned|completed|finished|received <degree> <at>?", "I have <degree> from <school>", "I hold|got|earned|received <degree> from <school>"],
        "has {degree}[ {at}][ from {school}]",
    ),
    studies(
        &["I study|am_studying at <school>", "I go to <school>", "I attend <school>", "I am attending <school>", "I am a student at <school>", "I am enrolled at|in <school>", "I am a freshman|sophomore|junior|senior|undergrad at <school>"],
        "studies at {school}",
    )
    .attribute("user.school"),
    studies(&["<nth> year of? <study> <at>?", "I am in my|the? <nth> year of? <study> <at>?", "<nth> year <study> student <at>?"], "is in the {nth} year of {study}[ {at}]").attribute("user.year_of_study"),
    studies(&["I am in my|the? <nth> year at <school>"], "is in the {nth} year at {school}").attribute("user.year_of_study"),
    studies(&["I am at <institution>", "I go to <institution> $"], "is at {institution}").attribute("user.school"),
    studies(&["I studied|majored_in|read <study> <at>?"], "studied {study}[ {at}]"),
    studies(&["I am in <school_level> $", "I am still in <school_level>"], "is in {school_level}"),
    studies(&["I studied in <place>"], "studied in {place}"),
    studies(&["I studied at <school>", "I went to <school>", "I attended <school>"], "studied at {school}"),
];
