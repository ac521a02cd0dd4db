//! Phrases and what they mean, said on Wednesday, 18 June 2025, at 15:30.

use jiff::civil::{DateTime, date};
use jiff::tz::TimeZone;

use super::{When, find_time_phrases};

/// A sentence, and the phrases in it with the moments they begin and end; `MIN` is the beginning of time.
type Case = (&'static str, &'static [(&'static str, &'static str, &'static str)]);

#[rustfmt::skip]
const TABLE: &[Case] = &[
    ("What did I do yesterday?", &[("yesterday", "2025-06-17T00:00", "2025-06-18T00:00")]),
    ("What did I have for lunch today?", &[("today", "2025-06-18T00:00", "2025-06-19T00:00")]),
    ("What is on tomorrow?", &[("tomorrow", "2025-06-19T00:00", "2025-06-20T00:00")]),
    ("I saw her yesterday morning.", &[("yesterday morning", "2025-06-17T04:00", "2025-06-17T12:00")]),
    ("We met yesterday evening", &[("yesterday evening", "2025-06-17T17:00", "2025-06-18T00:00")]),
    ("see you tomorrow afternoon", &[("tomorrow afternoon", "2025-06-19T12:00", "2025-06-19T18:00")]),
    ("Where was I the day before yesterday?", &[("the day before yesterday", "2025-06-16T00:00", "2025-06-17T00:00")]),
    ("What happens the day after tomorrow?", &[("the day after tomorrow", "2025-06-20T00:00", "2025-06-21T00:00")]),
    ("Who called this morning?", &[("this morning", "2025-06-18T04:00", "2025-06-18T12:00")]),
    ("What are we doing this afternoon?", &[("this afternoon", "2025-06-18T12:00", "2025-06-18T18:00")]),
    ("this evening I cook", &[("this evening", "2025-06-18T17:00", "2025-06-19T00:00")]),
    ("What did I dream last night?", &[("last night", "2025-06-17T18:00", "2025-06-18T06:00")]),
    ("What is on tonight?", &[("tonight", "2025-06-18T18:00", "2025-06-19T06:00")]),
    ("I met him the other day.", &[("the other day", "2025-06-11T00:00", "2025-06-19T00:00")]),
    ("We talked the other night about it", &[("the other night", "2025-06-11T00:00", "2025-06-19T00:00")]),
    ("I have recently moved.", &[("recently", "2025-05-19T00:00", "2025-06-19T00:00")]),
    ("What have I read lately?", &[("lately", "2025-05-19T00:00", "2025-06-19T00:00")]),
    ("Earlier today I fell.", &[("Earlier today", "2025-06-18T00:00", "2025-06-19T00:00")]),
    ("Later this week I fly.", &[("Later this week", "2025-06-16T00:00", "2025-06-23T00:00")]),
    ("Earlier this month we won.", &[("Earlier this month", "2025-06-01T00:00", "2025-07-01T00:00")]),
    ("Two days ago I ran.", &[("Two days ago", "2025-06-16T00:00", "2025-06-17T00:00")]),
    ("What did I say 3 days ago?", &[("3 days ago", "2025-06-15T00:00", "2025-06-16T00:00")]),
    ("a day ago it rained", &[("a day ago", "2025-06-17T00:00", "2025-06-18T00:00")]),
    ("Two weeks ago we met.", &[("Two weeks ago", "2025-06-01T00:00", "2025-06-08T00:00")]),
    ("It was a week ago.", &[("a week ago", "2025-06-08T00:00", "2025-06-15T00:00")]),
    ("About a month ago I quit.", &[("About a month ago", "2025-05-03T00:00", "2025-06-03T00:00")]),
    ("three months ago", &[("three months ago", "2025-03-03T00:00", "2025-04-03T00:00")]),
    ("A couple of days ago", &[("A couple of days ago", "2025-06-16T00:00", "2025-06-17T00:00")]),
    ("a couple of weeks ago I slept", &[("a couple of weeks ago", "2025-06-01T00:00", "2025-06-08T00:00")]),
    ("a few days ago we fought", &[("a few days ago", "2025-06-15T00:00", "2025-06-16T00:00")]),
    ("a few weeks ago", &[("a few weeks ago", "2025-05-25T00:00", "2025-06-01T00:00")]),
    ("several days ago", &[("several days ago", "2025-06-14T00:00", "2025-06-15T00:00")]),
    ("two hours ago", &[("two hours ago", "2025-06-18T00:00", "2025-06-19T00:00")]),
    ("20 minutes ago", &[("20 minutes ago", "2025-06-18T00:00", "2025-06-19T00:00")]),
    ("Ten years ago I lived in Rome.", &[("Ten years ago", "2014-12-18T00:00", "2015-12-19T00:00")]),
    ("a year ago", &[("a year ago", "2023-12-18T00:00", "2024-12-19T00:00")]),
    ("half a year ago", &[("half a year ago", "2024-12-03T00:00", "2025-01-03T00:00")]),
    ("a year and a half ago", &[("a year and a half ago", "2023-12-03T00:00", "2024-01-03T00:00")]),
    ("two days earlier", &[("two days earlier", "2025-06-16T00:00", "2025-06-17T00:00")]),
    ("a fortnight ago", &[("a fortnight ago", "2025-06-01T00:00", "2025-06-08T00:00")]),
    ("two weekends ago", &[("two weekends ago", "2025-06-07T00:00", "2025-06-09T00:00")]),
    ("two nights ago", &[("two nights ago", "2025-06-16T00:00", "2025-06-17T00:00")]),
    ("a decade ago", &[("a decade ago", "2012-06-18T00:00", "2018-06-19T00:00")]),
    ("In two weeks I move.", &[("In two weeks", "2025-06-29T00:00", "2025-07-06T00:00")]),
    ("in 3 days", &[("in 3 days", "2025-06-21T00:00", "2025-06-22T00:00")]),
    ("in a month", &[("in a month", "2025-07-03T00:00", "2025-08-03T00:00")]),
    ("in a couple of days", &[("in a couple of days", "2025-06-20T00:00", "2025-06-21T00:00")]),
    ("in five years", &[("in five years", "2029-12-18T00:00", "2030-12-19T00:00")]),
    ("in two weeks time", &[("in two weeks time", "2025-06-29T00:00", "2025-07-06T00:00")]),
    ("a week from now", &[("a week from now", "2025-06-22T00:00", "2025-06-29T00:00")]),
    ("three days from today", &[("three days from today", "2025-06-21T00:00", "2025-06-22T00:00")]),
    ("the last three days", &[("the last three days", "2025-06-15T00:00", "2025-06-19T00:00")]),
    ("What did I eat in the last two weeks?", &[("in the last two weeks", "2025-06-04T00:00", "2025-06-19T00:00")]),
    ("over the past few days", &[("over the past few days", "2025-06-15T00:00", "2025-06-19T00:00")]),
    ("during the past 6 months", &[("during the past 6 months", "2024-12-18T00:00", "2025-06-19T00:00")]),
    ("for the last two years I worked", &[("for the last two years", "2023-06-18T00:00", "2025-06-19T00:00")]),
    ("the next two days", &[("the next two days", "2025-06-18T15:30", "2025-06-21T00:00")]),
    ("in the coming three weeks", &[("in the coming three weeks", "2025-06-18T15:30", "2025-07-10T00:00")]),
    ("What did I do last week?", &[("last week", "2025-06-09T00:00", "2025-06-16T00:00")]),
    ("this week", &[("this week", "2025-06-16T00:00", "2025-06-23T00:00")]),
    ("next week I travel", &[("next week", "2025-06-23T00:00", "2025-06-30T00:00")]),
    ("last weekend we hiked", &[("last weekend", "2025-06-14T00:00", "2025-06-16T00:00")]),
    ("this weekend", &[("this weekend", "2025-06-21T00:00", "2025-06-23T00:00")]),
    ("next weekend", &[("next weekend", "2025-06-28T00:00", "2025-06-30T00:00")]),
    ("last month", &[("last month", "2025-05-01T00:00", "2025-06-01T00:00")]),
    ("this month", &[("this month", "2025-06-01T00:00", "2025-07-01T00:00")]),
    ("next month", &[("next month", "2025-07-01T00:00", "2025-08-01T00:00")]),
    ("last year", &[("last year", "2024-01-01T00:00", "2025-01-01T00:00")]),
    ("this year", &[("this year", "2025-01-01T00:00", "2026-01-01T00:00")]),
    ("next year", &[("next year", "2026-01-01T00:00", "2027-01-01T00:00")]),
    ("the previous month", &[("the previous month", "2025-05-01T00:00", "2025-06-01T00:00")]),
    ("last quarter", &[("last quarter", "2025-01-01T00:00", "2025-04-01T00:00")]),
    ("this quarter", &[("this quarter", "2025-04-01T00:00", "2025-07-01T00:00")]),
    ("last decade", &[("last decade", "2010-01-01T00:00", "2020-01-01T00:00")]),
    ("the week before last", &[("the week before last", "2025-06-02T00:00", "2025-06-09T00:00")]),
    ("the year before last", &[("the year before last", "2023-01-01T00:00", "2024-01-01T00:00")]),
    ("the coming week", &[("the coming week", "2025-06-23T00:00", "2025-06-30T00:00")]),
    ("last Tuesday", &[("last Tuesday", "2025-06-17T00:00", "2025-06-18T00:00")]),
    ("last Friday I slept", &[("last Friday", "2025-06-13T00:00", "2025-06-14T00:00")]),
    ("last wednesday", &[("last wednesday", "2025-06-11T00:00", "2025-06-12T00:00")]),
    ("this Friday", &[("this Friday", "2025-06-20T00:00", "2025-06-21T00:00")]),
    ("this monday", &[("this monday", "2025-06-16T00:00", "2025-06-17T00:00")]),
    ("next Monday", &[("next Monday", "2025-06-23T00:00", "2025-06-24T00:00")]),
    ("next Friday", &[("next Friday", "2025-06-20T00:00", "2025-06-21T00:00")]),
    ("What did I do on Tuesday?", &[("on Tuesday", "2025-06-17T00:00", "2025-06-18T00:00")]),
    ("on Friday night", &[("on Friday night", "2025-06-13T18:00", "2025-06-14T06:00")]),
    ("Saturday morning we left", &[("Saturday morning", "2025-06-14T04:00", "2025-06-14T12:00")]),
    ("I arrived Sunday.", &[("Sunday", "2025-06-15T00:00", "2025-06-16T00:00")]),
    ("last Sunday evening", &[("last Sunday evening", "2025-06-15T17:00", "2025-06-16T00:00")]),
    ("on Wed we meet", &[("on Wed", "2025-06-18T00:00", "2025-06-19T00:00")]),
    ("What did I do in March?", &[("in March", "2025-03-01T00:00", "2025-04-01T00:00")]),
    ("in May we moved", &[("in May", "2025-05-01T00:00", "2025-06-01T00:00")]),
    ("in June", &[("in June", "2025-06-01T00:00", "2025-07-01T00:00")]),
    ("In August I was ill", &[("In August", "2024-08-01T00:00", "2024-09-01T00:00")]),
    ("March 2025", &[("March 2025", "2025-03-01T00:00", "2025-04-01T00:00")]),
    ("in March 2023", &[("in March 2023", "2023-03-01T00:00", "2023-04-01T00:00")]),
    ("in march 2023 we met", &[("in march 2023", "2023-03-01T00:00", "2023-04-01T00:00")]),
    ("in May of 2021", &[("in May of 2021", "2021-05-01T00:00", "2021-06-01T00:00")]),
    ("December 2022 was cold", &[("December 2022", "2022-12-01T00:00", "2023-01-01T00:00")]),
    ("in March of last year", &[("in March of last year", "2024-03-01T00:00", "2024-04-01T00:00")]),
    ("last March", &[("last March", "2025-03-01T00:00", "2025-04-01T00:00")]),
    ("last December", &[("last December", "2024-12-01T00:00", "2025-01-01T00:00")]),
    ("next March", &[("next March", "2026-03-01T00:00", "2026-04-01T00:00")]),
    ("this March", &[("this March", "2025-03-01T00:00", "2025-04-01T00:00")]),
    ("in Sept 2020", &[("in Sept 2020", "2020-09-01T00:00", "2020-10-01T00:00")]),
    ("during October", &[("during October", "2024-10-01T00:00", "2024-11-01T00:00")]),
    ("on 7 May", &[("on 7 May", "2025-05-07T00:00", "2025-05-08T00:00")]),
    ("on the 7th of May 2023", &[("on the 7th of May 2023", "2023-05-07T00:00", "2023-05-08T00:00")]),
    ("7 May 2023", &[("7 May 2023", "2023-05-07T00:00", "2023-05-08T00:00")]),
    ("May 7, 2023", &[("May 7, 2023", "2023-05-07T00:00", "2023-05-08T00:00")]),
    ("on May 7th we met", &[("on May 7th", "2025-05-07T00:00", "2025-05-08T00:00")]),
    ("March 3rd", &[("March 3rd", "2025-03-03T00:00", "2025-03-04T00:00")]),
    ("on December 24", &[("on December 24", "2024-12-24T00:00", "2024-12-25T00:00")]),
    ("21st of June", &[("21st of June", "2024-06-21T00:00", "2024-06-22T00:00")]),
    ("29 February 2024", &[("29 February 2024", "2024-02-29T00:00", "2024-03-01T00:00")]),
    ("on the 7th", &[("on the 7th", "2025-06-07T00:00", "2025-06-08T00:00")]),
    ("on the 30th.", &[("on the 30th", "2025-05-30T00:00", "2025-05-31T00:00")]),
    ("Jan 5", &[("Jan 5", "2025-01-05T00:00", "2025-01-06T00:00")]),
    ("5 Jan 2024", &[("5 Jan 2024", "2024-01-05T00:00", "2024-01-06T00:00")]),
    ("on 2023-05-07", &[("on 2023-05-07", "2023-05-07T00:00", "2023-05-08T00:00")]),
    ("it was 2024-12-31, I think", &[("2024-12-31", "2024-12-31T00:00", "2025-01-01T00:00")]),
    ("on 7.5.2023 we met", &[("on 7.5.2023", "2023-05-07T00:00", "2023-05-08T00:00")]),
    ("on 5/7/2023", &[("on 5/7/2023", "2023-05-07T00:00", "2023-05-08T00:00")]),
    ("on 25/12/2023", &[("on 25/12/2023", "2023-12-25T00:00", "2023-12-26T00:00")]),
    ("in 2019", &[("in 2019", "2019-01-01T00:00", "2020-01-01T00:00")]),
    ("What happened in 2023?", &[("in 2023", "2023-01-01T00:00", "2024-01-01T00:00")]),
    ("last summer", &[("last summer", "2024-06-01T00:00", "2024-09-01T00:00")]),
    ("this summer", &[("this summer", "2025-06-01T00:00", "2025-09-01T00:00")]),
    ("next summer", &[("next summer", "2026-06-01T00:00", "2026-09-01T00:00")]),
    ("last winter", &[("last winter", "2024-12-01T00:00", "2025-03-01T00:00")]),
    ("last spring", &[("last spring", "2025-03-01T00:00", "2025-06-01T00:00")]),
    ("next fall", &[("next fall", "2025-09-01T00:00", "2025-12-01T00:00")]),
    ("in summer", &[("in summer", "2025-06-01T00:00", "2025-09-01T00:00")]),
    ("in the autumn", &[("in the autumn", "2024-09-01T00:00", "2024-12-01T00:00")]),
    ("the summer of 2023", &[("summer of 2023", "2023-06-01T00:00", "2023-09-01T00:00")]),
    ("in the summer of 2023", &[("in the summer of 2023", "2023-06-01T00:00", "2023-09-01T00:00")]),
    ("winter 2022", &[("winter 2022", "2022-12-01T00:00", "2023-03-01T00:00")]),
    ("at Christmas", &[("at Christmas", "2024-12-24T00:00", "2024-12-27T00:00")]),
    ("last Christmas", &[("last Christmas", "2024-12-24T00:00", "2024-12-27T00:00")]),
    ("next Halloween", &[("next Halloween", "2025-10-31T00:00", "2025-11-01T00:00")]),
    ("on New Year's Eve", &[("on New Year's Eve", "2024-12-31T00:00", "2025-01-01T00:00")]),
    ("Thanksgiving 2023", &[("Thanksgiving 2023", "2023-11-23T00:00", "2023-11-24T00:00")]),
    ("on Valentine's Day", &[("on Valentine's Day", "2025-02-14T00:00", "2025-02-15T00:00")]),
    ("last Easter", &[("last Easter", "2025-04-18T00:00", "2025-04-22T00:00")]),
    ("between May and July", &[("between May and July", "2025-05-01T00:00", "2025-08-01T00:00")]),
    ("between March and May", &[("between March and May", "2025-03-01T00:00", "2025-06-01T00:00")]),
    ("between May and July 2023", &[("between May and July 2023", "2023-05-01T00:00", "2023-08-01T00:00")]),
    ("from March to May", &[("from March to May", "2025-03-01T00:00", "2025-06-01T00:00")]),
    ("from 3 June until 9 June", &[("from 3 June until 9 June", "2025-06-03T00:00", "2025-06-10T00:00")]),
    ("between Monday and Wednesday", &[("between Monday and Wednesday", "2025-06-16T00:00", "2025-06-19T00:00")]),
    ("between 2018 and 2020", &[("between 2018 and 2020", "2018-01-01T00:00", "2021-01-01T00:00")]),
    ("from last Monday to yesterday", &[("from last Monday to yesterday", "2025-06-16T00:00", "2025-06-18T00:00")]),
    ("since March", &[("since March", "2025-03-01T00:00", "2025-06-18T15:30")]),
    ("since last week", &[("since last week", "2025-06-09T00:00", "2025-06-18T15:30")]),
    ("since yesterday", &[("since yesterday", "2025-06-17T00:00", "2025-06-18T15:30")]),
    ("since 2020", &[("since 2020", "2020-01-01T00:00", "2025-06-18T15:30")]),
    ("before 2020", &[("before 2020", "MIN", "2020-01-01T00:00")]),
    ("until last month", &[("until last month", "MIN", "2025-05-01T00:00")]),
    ("after Christmas", &[("after Christmas", "2024-12-27T00:00", "2025-06-18T15:30")]),
    ("at the end of May", &[("at the end of May", "2025-05-21T00:00", "2025-06-01T00:00")]),
    ("early 2024", &[("early 2024", "2024-01-01T00:00", "2024-05-03T00:00")]),
    ("mid-March", &[("mid-March", "2025-03-11T00:00", "2025-03-22T00:00")]),
    ("late last year", &[("late last year", "2024-09-01T00:00", "2025-01-01T00:00")]),
    ("the beginning of the year", &[("the beginning of the year", "2025-01-01T00:00", "2025-05-03T00:00")]),
    ("the first week of March", &[("the first week of March", "2025-03-01T00:00", "2025-03-08T00:00")]),
    ("the last week of May", &[("the last week of May", "2025-05-25T00:00", "2025-06-01T00:00")]),
    ("the second week of June 2024", &[("the second week of June 2024", "2024-06-08T00:00", "2024-06-15T00:00")]),
    ("Yesterday I ran and last week I swam.", &[("Yesterday", "2025-06-17T00:00", "2025-06-18T00:00"), ("last week", "2025-06-09T00:00", "2025-06-16T00:00")]),
    ("In March I moved, two weeks ago I quit, and tomorrow I fly.", &[("In March", "2025-03-01T00:00", "2025-04-01T00:00"), ("two weeks ago", "2025-06-01T00:00", "2025-06-08T00:00"), ("tomorrow", "2025-06-19T00:00", "2025-06-20T00:00")]),
    ("Did I call Anna on Monday or last Friday?", &[("on Monday", "2025-06-16T00:00", "2025-06-17T00:00"), ("last Friday", "2025-06-13T00:00", "2025-06-14T00:00")]),
    ("May I ask you something?", &[]),
    ("may I come in?", &[]),
    ("It may be in the house.", &[]),
    ("The soldiers march on.", &[]),
    ("March on, my friend!", &[]),
    ("I want a second opinion.", &[]),
    ("Give me a second.", &[]),
    ("She came second in the race.", &[]),
    ("I sat down.", &[]),
    ("The sun is out.", &[]),
    ("They wed in Rome.", &[]),
    ("On Tuesdays I swim.", &[]),
    ("Every Monday I run.", &[]),
    ("I walked 2000 steps.", &[]),
    ("It costs 2019 dollars.", &[]),
    ("In 2000 steps we were there.", &[]),
    ("I have two weeks of holiday.", &[]),
    ("My friend April said so.", &[]),
    ("June's house is big.", &[]),
    ("Happy New Year!", &[]),
    ("A Christmas tree stood there.", &[]),
    ("We did 3 of 4 tasks.", &[]),
    ("I will fall asleep.", &[]),
    ("Spring water is cold.", &[]),
    ("The last two cookies were mine.", &[]),
    ("a week of rain", &[]),
    ("The night was cold.", &[]),
    ("I do it every day.", &[]),
    ("What is the last thing I said?", &[]),
    ("this is a test", &[]),
    ("next to the house", &[]),
    ("One of them is mine.", &[]),
    ("I have a fast day job.", &[]),
];

#[test]
fn phrases_mean_what_people_mean_by_them() {
    let now = date(2025, 6, 18).at(15, 30, 0, 0).to_zoned(TimeZone::UTC).unwrap();
    let moment = |text: &str| if text == "MIN" { DateTime::MIN } else { text.parse::<DateTime>().unwrap() };
    let mut wrong = Vec::new();
    for (sentence, expected) in TABLE {
        let found = find_time_phrases(sentence, &now);
        let found: Vec<_> = found
            .iter()
            .map(|phrase| {
                let interval = phrase.interval().unwrap();
                (&sentence[phrase.span.clone()], interval.from, interval.to)
            })
            .collect();
        let expected: Vec<_> =
            expected.iter().map(|(text, from, to)| (*text, moment(from), moment(to))).collect();
        if found != expected {
            wrong.push(format!("{sentence:?}\n  found    {found:?}\n  expected {expected:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {} are wrong:\n{}", wrong.len(), TABLE.len(), wrong.join("\n"));
}

#[test]
fn events_are_found_as_clauses() {
    let now = date(2025, 6, 18).at(15, 30, 0, 0).to_zoned(TimeZone::UTC).unwrap();
    let read =
        |text: &str| find_time_phrases(text, &now).into_iter().map(|phrase| phrase.when).collect::<Vec<_>>();
    let text = "What have I cooked since I moved to Oslo, and with whom?";
    let When::SinceEvent(clause) = read(text).remove(0) else { panic!("no event") };
    assert_eq!(&text[clause], "I moved to Oslo");
    let text = "Where did I live before we had Mia?";
    let When::BeforeEvent(clause) = read(text).remove(0) else { panic!("no event") };
    assert_eq!(&text[clause], "we had Mia");
    assert!(read("I have known her since.").is_empty());
}
