//! What is to come on a day: appointments, journeys, beginnings.

use domain::memory::MemoryType::Event;

use super::super::pattern::{Rule, rule};

const fn plan(patterns: &'static [&'static str], says: &'static str) -> Rule {
    rule(patterns, says).kind(Event).importance(0.6).tag("plan").needs_date().keeps_subject()
}

pub(super) static RULES: &[Rule] = &[
    plan(&["I have|have_got|got <event>", "I have booked|scheduled|made|got|set_up <event>", "I booked|scheduled|made|set_up <event>", "I have to attend|take|sit <event>"], "has {event} {when}"),
    plan(&["the|our|my <occasion> is|are on? <where>", "<bare_occasion> is|are on? <where>", "the|our|my <occasion> is|are on|at? #", "<bare_occasion> is|are on|at? #", "the|our <occasion> is|are on|at?", "<bare_occasion> is|are on|at?", "<bare_occasion> <where>? #"], "'s [{occasion}][{bare_occasion}] is {when}[ {where}]"),
    plan(&["the|my? next? <visit> for <kin> is|are", "my|the <kin> 's? <visit> is"], "'s {kin} has a {visit} appointment {when}"),
    plan(&["the|my? next? <visit> appointment? is|are now? on|at? #", "<visit> #", "I have|got|have_got the|my|a? <visit> appointment? #"], "has a {visit} appointment {when}"),
    plan(&["my 18th|21st|30th|40th|50th|60th|65th|70th|75th|80th|90th|100th birthday|party? is", "my big birthday is"], "'s round birthday is {when}"),
    plan(&["I am <v:opening|launching|releasing|publishing|closing|selling> my|our|a|an|the own? <venture>"], "is {w} their own {venture} {when}"),
    plan(&["I am working|going_onto|switching_to|moving_to|moving_onto|on <shift>"], "works {shift} {when}").attribute("user.work_mode"),
    plan(&["I am|will_be on <v:holiday|vacation|leave|honeymoon|call>", "I am|will_be on annual <v:leave>"], "is on {w} {when}"),
    plan(&["I <v:fly|travel|head|go|drive> back|home|out $", "I am <v:flying|travelling|heading|going|driving> back|home|out $"], "{w} home {when}"),
    plan(&["my <topic> is|are on|at? #"], "'s {topic} is {when}"),
    plan(&["the|my|our? <starting> <v:starts|begins|ends|finishes> again|back? $", "the|my|our? <bare_occasion> <v:starts|begins|ends|finishes> $", "<practised> <v:starts|begins> $"], "'s [{starting}][{bare_occasion}][{practised}] {w} {when}"),
    plan(&["the|our baby is? due"], "'s baby is due {when}").attribute("user.pregnancy").tag("family").importance(0.85),
    plan(&["I am on <event>"], "is on {event} {when}"),
    plan(&["I go|am|will_go|am_off|are_off to <destination>"], "is going to {destination} {when}"),
    plan(&["I am there|away|in_town for? <event>?"], "is away[ for {event}] {when}"),
    plan(&["I have booked|booked|am_booked_on|am_booked_into|have_tickets_for|have_reserved|am_off_to <destination>"], "has booked {destination} {when}"),
    plan(&["I am in|at <destination>"], "is in {destination} {when}"),
    plan(&["I am|will_be <v:arriving|landing|coming|staying|leaving|retiring|moving|starting> in|at|from|to? <destination>?"], "is {w}[ {destination}] {when}").others_only(),
    plan(&["I <v:arrive|land|stay|leave> in|at|from? <destination>?"], "{w}[ {destination}] {when}").others_only(),
    plan(&["I have <occasion>", "I got <event>"], "has [{occasion}][{event}] {when}"),
    plan(&["I am signed_up|registered|enrolled|booked for|on|in <topic>"], "is signed up for {topic} {when}"),
    plan(&["my <occasion> is <where>"], "'s {occasion} is {when} {where}"),
    plan(&["my <occasion> is|takes_place|happens|falls|is_scheduled|is_set|is_booked", "my <occasion> is coming_up|planned|due"], "'s {occasion} is {when}"),
    plan(
        &[
            "my|the <occasion> is|was|got|has_been|have_been|had_to_be|is_being now? moved|rescheduled|postponed|pushed|shifted|brought_forward|delayed|changed|switched|bumped back|forward|up|out?",
            "the <occasion> is now",
            "they|we|I moved|rescheduled|postponed|pushed|shifted|changed|switched|delayed my|the <occasion>",
            "the airline|doctor|dentist|office|company|clinic|hospital|school|hotel|restaurant|organisers moved|rescheduled|postponed|pushed|shifted|changed|delayed my|the <occasion>",
        ],
        "'s {occasion} is {when}",
    ),
    plan(&["I am|will_be <travelling> from <topic> to <destination>"], "is {travelling} from {topic} to {destination} {when}"),
    plan(&["<destination> is now #"], "has booked {destination} {when}"),
    plan(
        &[
            "I am|will_be <travelling> back? to|into <destination>",
            "I am going_to be <travelling> to <destination>",
            "I am <travelling> back? home? to <destination>",
        ],
        "is {travelling} to {destination} {when}",
    ),
    plan(&["my <occasion> <v:starts|begins|ends|leaves|departs>"], "'s {occasion} {w} {when}"),
    plan(&["I am moving house|home|flat|apartment|out $"], "is moving house {when}"),
    plan(&["I am <travelling> home $"], "is {travelling} home {when}"),
    plan(
        &["I am <v:going|leaving|off> on|for a|an? holiday|vacation|trip|cruise|road_trip|honeymoon|safari|business_trip to <destination>", "I am going on holiday|vacation to <destination>"],
        "is going on a trip to {destination} {when}",
    ),
    plan(&["I have|have_booked|booked|have_planned|planned|am_planning|am_taking a|our|my? trip|holiday|vacation|flight|cruise|weekend|journey|flights to|in <destination>"], "is taking a trip to {destination} {when}"),
    plan(&["I have tickets to|for <topic>", "I got|bought tickets to|for <topic>"], "has tickets for {topic} {when}"),
    plan(&["I am <v:starting|beginning> <beginning> as <job> <at>?"], "is {w} {beginning} as {job}[ {at}] {when}"),
    plan(&["I am <v:starting|beginning> <beginning> <at>?"], "is {w} {beginning}[ {at}] {when}"),
    plan(&["I <v:start|begin> <beginning> <at>?", "I will <v:start|begin> <beginning> <at>?"], "{v} {beginning}[ {at}] {when}"),
    plan(&["I <v:start|begin> at|with <org>"], "{v} at {org} {when}"),
    plan(&["I <v:start|begin> as <job> <at>?"], "{v} as {job}[ {at}] {when}"),
    plan(&["I am starting at|with <org>"], "is starting at {org} {when}"),
    plan(&["I am|will_be getting <marital> to <someone>"], "is getting {marital} to {someone} {when}"),
    plan(&["I am|will_be getting <marital>", "I will get <marital>", "I am going to get <marital>"], "is getting {marital} {when}"),
    plan(&["I am|will_be <v:marrying> <topic>"], "is marrying {topic} {when}"),
    plan(&["I am|will_be <v:having|getting|undergoing> <happening>", "I am going to <v:have> <happening>"], "is having {happening} {when}"),
    plan(&["I have <happening>", "I have <happening> scheduled|coming_up|booked"], "has {happening} {when}"),
    plan(&["I am expecting|having a|our|my baby|child|little_one|first_child|second_child|third_child|first_baby|second_baby $"], "is expecting a baby {when}").attribute("user.pregnancy").tag("family").importance(0.85),
    plan(&["I am due $", "my due_date is"], "is due {when}"),
    plan(
        &["I am|will_be <v:having|attending|hosting|throwing|organising|organizing|taking|giving|sitting|playing|running|doing|catching|joining|celebrating> <event>"],
        "is {w} {event} {when}",
    ),
    plan(
        &["I am going_to|gonna <v:have|attend|host|throw|take|give|run|do|join|celebrate> <event>", "I will <v:have|attend|host|throw|take|give|run|do|join|celebrate> <event>"],
        "will {w} {event} {when}",
    ),
    plan(&["I am|will_be <v:meeting|seeing|visiting> <topic>"], "is {w} {topic} {when}"),
    plan(&["I am going_to|gonna <v:visit|meet|see> <topic>", "I will <v:visit|meet|see> <topic>"], "will {w} {topic} {when}"),
    plan(&["I <v:leave|depart|head> for <destination>"], "{v} for {destination} {when}"),
    plan(&["I am <v:leaving|departing|heading> for <destination>"], "is {w} for {destination} {when}"),
    plan(&["I <v:fly|travel|move|drive|go|return|head|relocate> back|home|over? to <destination>"], "{v} to {destination} {when}"),
    plan(&["I will <v:fly|travel|move|drive|go|return|head|relocate> back? to|for <destination>", "I am going to <v:fly|travel|move|drive|go|return|relocate> back? to <destination>"], "will {w} to {destination} {when}"),
    plan(&["I will|am_going_to be in|at <destination>"], "will be in {destination} {when}"),
    plan(&["I am|will_be turning <age>", "I turn|will_turn|will_be <age> $", "I am going_to be|turn <age> $"], "turns {age} {when}"),
    plan(&["I am|will_be retiring", "I retire|will_retire"], "is retiring {when}"),
    plan(&["I am|will_be graduating from? <school>?", "I graduate|will_graduate from? <school>?"], "is graduating[ from {school}] {when}"),
    plan(&["I am|will_be <v:visiting|coming|arriving> me|us|over|to_visit|to_stay|to_town? $"], "is {w} {when}"),
    plan(&["I am|will_be <v:presenting|speaking|performing|competing|playing|exhibiting|volunteering> at|in <topic>"], "is {w} at {topic} {when}"),
    plan(&["I have|need|want to <v:submit|finish|deliver|complete|file> my <topic>"], "has to {w} their {topic} {when}"),
];
