//! Who somebody is: name, age, origin, character.

use super::super::pattern::{Negation, Rule, rule};

/// What others call somebody: the name, or a nickname where the name is known.
pub(in super::super) const CALLED: &str = "called";

pub(super) static RULES: &[Rule] = &[
    rule(&["my names are <names>", "I am called|named <names> $"], "'s name is {names}").others_only().importance(0.9).tag("name").attribute("user.name"),
    rule(
        &[
            "my name is|am <name>",
            "my full|first|real|given|actual|legal|birth name is <name>",
            "my is <name>",
            "my called|named <name>",
            "I am called|named <name>",
            "I go by <name> $",
            "I go by the name <name> $",
            "I go by the name of <name> $",
            "I am known as <name> $",
            "I changed my name to <name>",
            "my name is not <topic> ,|but it_is|but|it is? <name>",
        ],
        "'s name is {name}",
    )
    .importance(0.9)
    .tag("name")
    .attribute("user.name"),
    rule(
        &[
            "name is|: <certain_name> $",
            "<certain_name> is my|the name",
            "full name|name_is is <name> #",
            "this is <certain_name> speaking|here|again",
            "<certain_name> here again",
            "the name is <certain_name> $",
            "call me <certain_name> $",
            "just call me <certain_name> $",
            "you can|may|could call me <certain_name> $",
            "please call me <certain_name> $",
            "feel free to call me <certain_name> $",
            "I would like|prefer you to call me <certain_name> $",
            "I prefer to be called <certain_name> $",
            "I like to be called <certain_name> $",
            "people|everyone|everybody|friends|they|folks|family|most_people|some_people call|calls me <certain_name> $",
            "my friends|family|colleagues|coworkers|parents|mates|students|kids call|calls me <certain_name> $",
            "my friends know me as <certain_name> $",
        ],
        "'s name is {certain_name}",
    )
    .importance(0.9)
    .tag(CALLED)
    .attribute("user.name"),
    rule(&["I am the|a|her|his|their <wedding_role>"], "is the {wedding_role}").importance(0.5).tag("family").user_only(),
    rule(&["my nickname|nick is <name>", "my friends|family nicknamed me <name>"], "'s nickname is {name}")
        .importance(0.8)
        .tag("nickname")
        .attribute("user.nickname"),
    rule(&["my last_name|surname|family_name|second_name is <name>"], "'s last name is {name}")
        .importance(0.9)
        .tag("surname")
        .attribute("user.surname"),
    rule(&["my middle_name is <name>"], "'s middle name is {name}").importance(0.8).tag("surname").attribute("user.middle_name"),
    rule(&["my maiden_name is|was <name>"], "'s maiden name is {name}").importance(0.8).tag("surname").attribute("user.maiden_name"),
    rule(&["my pronouns are <topic>", "my preferred pronouns are <topic>", "I use <topic> pronouns", "pronouns :|are <topic>"], "'s pronouns are {topic}")
        .importance(0.8)
        .tag("pronouns")
        .attribute("user.pronouns"),
    rule(
        &[
            "I am <age> years|year|yrs|yr old",
            "I am <age> years_of_age|yo|y/o|yrs",
            "I am aged <age>",
            "I am <age> $",
            "I turned <age> $",
            "I have turned <age> $",
            "my age is <age> $",
        ],
        "is {age} years old",
    )
    .importance(0.7)
    .tag("age")
    .attribute("user.age"),
    rule(&["I am a|an <age_word>", "I am <age_word>"], "is {age_word} years old").importance(0.7).tag("age").attribute("user.age"),
    rule(&["I am in <decade>"], "is in {decade}").importance(0.6).tag("age").attribute("user.age"),
    rule(
        &[
            "my own? birthday|bday|b-day|date_of_birth|dob is|falls|comes on? <birthday>",
            "my birthday|bday|b-day is coming up|up_on <birthday>",
            "I celebrate|have my birthday <birthday>",
            "my birthday <birthday> $",
            "birthday|birthdays|bday is|'s? on? <birthday>",
            "my birthday is the <birthday>",
        ],
        "'s birthday is on {birthday}",
    )
    .importance(0.8)
    .tag("birthday")
    .attribute("user.birthday"),
    rule(&["<birthday> is my birthday"], "'s birthday is on {birthday}").importance(0.8).tag("birthday").attribute("user.birthday"),
    rule(&["my birthday|bday was <birthday>", "it was my birthday <birthday>", "I had my birthday <birthday>"], "'s birthday is on {birthday}")
        .past()
        .importance(0.8)
        .tag("birthday")
        .attribute("user.birthday"),
    rule(&["I was born on|the? <calendar_day>"], "was born on {calendar_day}").past().importance(0.8).tag("birthday").attribute("user.birthday"),
    rule(&["I was born <date>"], "was born {date}").others_only().past().importance(0.8).tag("birthday").attribute("user.birthday"),
    rule(&["I was born in|back_in <year>", "my year_of_birth|birth_year is <year>"], "was born in {year}")
        .importance(0.7)
        .tag("birthday")
        .attribute("user.birth_year"),
    rule(&["I was born and|& raised|bred in <place>", "born and raised|bred in <place> $"], "was born and raised in {place}").importance(0.6).tag("origin").attribute("user.origin"),
    rule(&["I was born in|at <place>", "born in <place>", "my birthplace|place_of_birth is <place>"], "was born in {place}")
        .importance(0.6)
        .tag("origin")
        .attribute("user.birthplace"),
    rule(
        &["I grew_up|was_raised|was_brought_up in|near|around <place>", "I was raised in <place>", "I spent my childhood|youth in <place>", "I have grown_up in <place>"],
        "grew up in {place}",
    )
    .importance(0.6)
    .tag("origin")
    .attribute("user.upbringing"),
    rule(&["I grew_up|was_raised|was_brought_up on <place>"], "grew up on {place}").importance(0.6).tag("origin").attribute("user.upbringing"),
    rule(&["I am half <nationality> and|, half <other>", "I am half <nationality> half <other>"], "is half {nationality} and half {other}")
        .importance(0.6)
        .tag("origin"),
    rule(
        &[
            "I am <nationality> $",
            "I am <nationality> by birth",
            "I am a|an <nationality> $",
            "I am a|an <nationality> citizen|national",
            "my nationality is <nationality>",
            "I am <nationality> and proud",
        ],
        "is {nationality}",
    )
    .importance(0.6)
    .tag("origin")
    .attribute("user.nationality"),
    rule(&["I am half <nationality> $"], "is half {nationality}").importance(0.6).tag("origin"),
    rule(&["I have|hold <nationality> citizenship|nationality", "I have|hold a|an <nationality> passport"], "has {nationality} citizenship")
        .importance(0.6)
        .tag("origin"),
    rule(&["I am|come|hail from <place>", "I am a native of <place>", "I am native to <place>", "I came from <place> to <other>", "I moved|came here from <place>"], "is from {place}")
        .importance(0.65)
        .tag("origin")
        .attribute("user.origin"),
    rule(&["I am <trait> $", "I have always been <trait>", "I have been <trait> for|since|all"], "is {trait}").importance(0.5).tag("character"),
    rule(&["I am <enthusiast> $"], "is {enthusiast}").importance(0.5).tag("hobby"),
    rule(&["I am <fan>", "I am more of? <fan>", "I have always been <fan>"], "is {fan}").importance(0.5).tag("preference").negation(Negation::Allowed),
    rule(&["I am <measure> tall", "my height is <measure>"], "is {measure} tall").importance(0.4).tag("body").attribute("user.height"),
    rule(&["I weigh <measure>", "my weight is <measure>"], "weighs {measure}").importance(0.4).tag("body").attribute("user.weight"),
    rule(&["I am a|an? <v:atheist|agnostic> $"], "is an {w}").importance(0.6).tag("character").attribute("user.religion").negation(Negation::Allowed),
    rule(&["I am <religion> $", "I am a|an practising|practicing|devout? <religion> $"], "is {religion}").importance(0.6).tag("character").attribute("user.religion").negation(Negation::Allowed),
    rule(&["<someone> signing_off", "<someone> here by_the_way|btw", "good_night|goodnight|greetings|regards|cheers|love from captain|dr|mr|mrs|ms|professor|uncle|auntie? <someone> #", "signed ,|:? <someone> #"], "'s name is {someone}").importance(0.9).tag("name").attribute("user.name"),
    rule(&["<first_name> here $", "<first_name> again #"], "'s name is {first_name}").importance(0.9).tag("name").attribute("user.name"),
    rule(
        &[
            "I am <bare_name>",
            "it is <bare_name> ,? not <someone>",
            "this is <bare_name> speaking|here|again",
            "it is <bare_name> here|again|speaking|btw|by_the_way",
            "oh it is <bare_name> $",
        ],
        "'s name is {bare_name}",
    )
    .importance(0.9)
    .tag("name")
    .attribute("user.name")
    .needs_subject(),
];
