//! Whom a clause is about: the user, one of their people or animals, or nobody whom the rules know.

use super::proper::{is_something_else, name_in_apposition};
use super::slots::{Scan, is_entry, listed_length};
use super::tokens::{Kind, Token, tokens, written};
use super::words::people::{
    FEMALE, MALE, PLURAL_RELATIONS, RELATION_ADJECTIVES, RELATIONS, SINGLE_RELATIONS,
};
use super::words::things::PETS;
use super::{dates, own_text};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    User,
    Relation,
    Pet,
}

/// A person, or an animal, that statements are made about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Person {
    pub(super) sort: Sort,
    /// "older sister"; empty for the user.
    pub(super) relation: String,
    pub(super) name: Option<String>,
    /// Where what is known about them is kept, if they are the only one: "user.partner".
    pub(super) key: Option<String>,
    pub(super) plural: bool,
}

impl Person {
    pub(super) fn user() -> Self {
        Self {
            sort: Sort::User,
            relation: String::new(),
            name: None,
            key: Some("user".to_owned()),
            plural: false,
        }
    }

    /// Somebody whose name and relation are remembered.
    pub(super) fn known(relation_words: &str, name: &str) -> Option<Self> {
        let text = format!("my {relation_words}");
        let (person, ..) = relation(&tokens(&text, &own_text::masked(&text)), 1)?;
        Some(Self { name: Some(name.to_owned()), ..person })
    }

    /// How a statement about them begins.
    pub(super) fn phrase(&self) -> String {
        match (self.sort, &self.name) {
            (Sort::User, _) => "The user".to_owned(),
            (_, Some(name)) => format!("The user's {} {name}", self.relation),
            (_, None) => format!("The user's {}", self.relation),
        }
    }

    /// The key of what is known about them; theirs who share a relation is the same until their names are told.
    pub(super) fn attribute(&self, what: &str) -> Option<String> {
        if let Some(key) = &self.key {
            return Some(format!("{key}.{what}"));
        }
        let who = self.name.as_ref().unwrap_or(&self.relation);
        (!self.plural).then(|| format!("people.{}.{what}", super::grammar::key(who)))
    }

    pub(super) fn is_user(&self) -> bool {
        self.sort == Sort::User
    }

    fn is_known_as_he_or_she(&self) -> bool {
        let last = self.relation.rsplit(' ').next().unwrap_or_default();
        FEMALE.contains(last) || MALE.contains(last)
    }

    /// Whether "she" or "he" may mean them.
    pub(super) fn answers_to(&self, pronoun: &str) -> bool {
        let last = self.relation.rsplit(' ').next().unwrap_or_default();
        let known = self.is_known_as_he_or_she();
        if matches!(pronoun, "they" | "their") {
            return self.plural;
        }
        !self.plural
            && match pronoun {
                "she" | "her" => FEMALE.contains(last) || !known,
                "he" | "his" => MALE.contains(last) || !known,
                "it" | "its" => self.sort == Sort::Pet,
                _ => false,
            }
    }
}

/// How the clause goes on after the words that say whom it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// A verb follows.
    Subject,
    /// A noun follows: what they have.
    Owner,
}

#[derive(Clone, Debug)]
pub(super) struct Reference {
    pub(super) person: Person,
    pub(super) role: Role,
    /// Behind it.
    pub(super) end: usize,
    /// Its words tell who that is, as nobody has before.
    pub(super) introduces: bool,
}

/// Whom a clause may be about.
#[derive(Clone, Copy, Debug)]
pub(super) struct Known<'k> {
    /// Whom the message named before.
    pub(super) said: &'k [Person],
    /// Whom the messages before named.
    pub(super) before: &'k [Person],
    /// Whose names are known from earlier conversations.
    pub(super) named: &'k [Person],
    /// Whether the user speaks of themselves, so that who is named is somebody of theirs.
    pub(super) of_own_people: bool,
}

impl Known<'_> {
    /// The one whom "she" means.
    fn meant_by(&self, pronoun: &str) -> Option<Person> {
        let answers = |people: &[Person]| people.iter().any(|person| person.answers_to(pronoun));
        one_known(if answers(self.said) { self.said } else { self.before }, pronoun)
    }

    /// The one of that name; of two nobody can tell which.
    fn of_name(&self, name: &str) -> Option<&Person> {
        let all = self.said.iter().chain(self.before).chain(self.named);
        let mut of_name = all.filter(|person| person.name.as_deref() == Some(name));
        of_name.next().filter(|one| of_name.all(|other| other.relation == one.relation))
    }
}

/// The ways to read whom the clause at `at` is about.
pub(super) fn references(scan: &Scan<'_, '_>, at: usize, known: Known<'_>) -> Vec<Reference> {
    let Some(first) = scan.tokens.get(at) else { return Vec::new() };
    let subject = |person, end| Reference { person, role: Role::Subject, end, introduces: false };
    let owner = |person, end| Reference { person, role: Role::Owner, end, introduces: false };
    match &*first.word {
        "i" | "we" => vec![subject(Person::user(), at + 1)],
        "me" => together(scan, at).map(|end| subject(Person::user(), end)).into_iter().collect(),
        "my" | "our" => {
            let mut found = of_the_user(scan, at + 1);
            found.push(owner(Person::user(), at + 1));
            found
        }
        "it" if scan.tokens.get(at + 1).is_some_and(|token| token.is("is"))
            && scan.tokens.get(at + 2).is_some_and(|token| token.is("my")) =>
        {
            let mut found = of_the_user(scan, at + 3);
            found.retain(|reference| reference.role == Role::Owner);
            found.push(owner(Person::user(), at + 3));
            found
        }
        "the" if is_of_the_house(scan.tokens, at) => of_the_user(scan, at + 1),
        "mum" | "mom" | "dad" | "mummy" | "mommy" | "daddy" | "grandma" | "grandpa" | "granny" | "gran"
        | "nan" | "grandad" | "wife" | "husband" | "girlfriend" | "boyfriend"
            if !scan.tokens.get(at + 1).is_some_and(Token::is_stop) =>
        {
            of_the_user(scan, at)
        }
        "he" | "she" | "it" | "they" => {
            known.meant_by(&first.word).map(|person| subject(person, at + 1)).into_iter().collect()
        }
        "his" | "her" if let Some(reference) = sibling(scan, at, known) => vec![reference],
        "his" | "her" | "its" | "their" => {
            known.meant_by(&first.word).map(|person| owner(person, at + 1)).into_iter().collect()
        }
        _ if let Some((end, name)) = name_in_apposition(scan, at)
            && let Some((mut person, end)) = explained(scan.tokens, end) =>
        {
            person.name = Some(name);
            vec![subject(person, end)]
        }
        _ if let Some((end, _)) = name_in_apposition(scan, at)
            && scan.tokens.get(end).is_some_and(|token| token.is("and"))
            && scan.tokens.get(end + 1).is_some_and(|token| token.is("i") || token.is("me")) =>
        {
            vec![subject(Person::user(), end + 2)]
        }
        // "son Manvir is in Brampton".
        word if RELATIONS.contains(word)
            && !first.is_capitalised()
            && scan.tokens.get(at + 1).is_some_and(Token::is_capitalised)
            && name_in_apposition(scan, at + 1).is_some() =>
        {
            of_the_user(scan, at)
        }
        _ => known
            .of_name(first.text)
            .map(|person| match scan.tokens.get(at + 1) {
                // "Lotte's judo", and "Lotte's 9 now".
                Some(token) if token.is("'s") => {
                    let mut found = vec![owner(person.clone(), at + 2)];
                    found.extend(is_state(scan.tokens.get(at + 2)).then(|| subject(person.clone(), at + 1)));
                    found
                }
                _ => vec![subject(person.clone(), at + 1)],
            })
            .unwrap_or_default(),
    }
}

/// "9", "in Leeds", "allergic": what somebody may be, not have.
pub(super) fn is_state(token: Option<&Token<'_>>) -> bool {
    token.is_some_and(|token| {
        token.kind == Kind::Number
            || matches!(&*token.word, "in" | "at" | "from" | "allergic" | "a" | "an" | "not")
            || token.word.len() > 4 && token.word.ends_with("ing")
    })
}

/// "her brother Max", of one's daughter: a son.
fn sibling(scan: &Scan<'_, '_>, at: usize, known: Known<'_>) -> Option<Reference> {
    const CHILDREN: [&str; 6] = ["son", "daughter", "child", "kid", "toddler", "baby"];
    let whose = known.meant_by(&scan.tokens[at].word)?;
    let of_child = CHILDREN.contains(&whose.relation.rsplit(' ').next()?);
    let (sibling, end, missing) = relation(scan.tokens, at + 1).filter(|_| of_child)?;
    let relation = match sibling.relation.rsplit(' ').next()? {
        "brother" => "son",
        "sister" => "daughter",
        _ => return None,
    };
    let (end, name) = name_in_apposition(scan, end).filter(|_| !missing && !sibling.plural)?;
    let person = Person { relation: relation.to_owned(), name: Some(name), key: None, ..sibling };
    Some(Reference { person, role: Role::Subject, end, introduces: true })
}

fn one_known(known: &[Person], pronoun: &str) -> Option<Person> {
    let meant: Vec<&Person> = known.iter().filter(|person| person.answers_to(pronoun)).collect();
    let certain: Vec<&Person> =
        meant.iter().copied().filter(|person| person.is_known_as_he_or_she()).collect();
    match (certain.as_slice(), meant.as_slice()) {
        ([one], _) | ([], [one]) => Some((*one).clone()),
        _ => None,
    }
}

/// "my wife Haruka and our son": both together.
fn with_another(tokens: &[Token<'_>], first: &Person, at: usize) -> Option<(Person, usize)> {
    tokens.get(at).filter(|token| token.is("and"))?;
    tokens.get(at + 1).filter(|token| matches!(&*token.word, "my" | "our"))?;
    let (second, end, _) = relation(tokens, at + 2)?;
    let name = first.name.as_ref().map(|name| format!(" {name}")).unwrap_or_default();
    let relation = format!("{}{name} and {}", first.relation, second.relation);
    Some((Person { sort: Sort::Relation, relation, name: None, key: None, plural: true }, end))
}

/// "the wife", "the kids": one's own, as everybody says it; "the kids I teach" are others.
pub(super) fn is_of_the_house(tokens: &[Token<'_>], at: usize) -> bool {
    let word = |offset: usize| tokens.get(at + offset).map_or("", |token| &*token.word);
    word(0) == "the"
        && matches!(
            word(1),
            "wife"
                | "husband"
                | "missus"
                | "kids"
                | "twins"
                | "grandson"
                | "granddaughter"
                | "grandkids"
                | "grandchildren"
                | "in-laws"
                | "dog"
                | "cat"
                | "puppy"
                | "kitten"
        )
        && !matches!(
            word(2),
            "i" | "we" | "that" | "who" | "in" | "at" | "from" | "of" | "on" | "food" | "you"
        )
}

/// "me and my wife", "me and Dan (my husband)" is the user.
fn together(scan: &Scan<'_, '_>, at: usize) -> Option<usize> {
    let tokens = scan.tokens;
    tokens.get(at + 1).filter(|token| token.is("and"))?;
    if tokens.get(at + 2).is_some_and(|token| matches!(&*token.word, "my" | "the" | "our")) {
        return relation(tokens, at + 3)
            .map(|(_, end, _)| name_in_apposition(scan, end).map_or(end, |(end, _)| end));
    }
    let (end, _) = name_in_apposition(scan, at + 2)?;
    Some(explained(tokens, end).map_or(end, |(_, end)| end))
}

/// "(my husband)", ", my sister,": what a name at the end of which they stand is to the user.
fn explained(tokens: &[Token<'_>], at: usize) -> Option<(Person, usize)> {
    let opening = tokens.get(at).filter(|token| token.is("(") || token.is(","))?;
    tokens.get(at + 1).filter(|token| matches!(&*token.word, "my" | "our"))?;
    let (person, end, missing) = relation(tokens, at + 2)?;
    let closing = if opening.is("(") { ")" } else { "," };
    (!missing && !person.plural && tokens.get(end).is_some_and(|token| token.is(closing)))
        .then_some((person, end + 1))
}

/// Whose relation to the user begins at `at`.
fn of_the_user(scan: &Scan<'_, '_>, at: usize) -> Vec<Reference> {
    let tokens = scan.tokens;
    let Some((mut person, end, missing_apostrophe)) = relation(tokens, at) else { return Vec::new() };
    if missing_apostrophe {
        return vec![Reference { person, role: Role::Owner, end, introduces: false }];
    }
    let and_i = |end: usize| {
        tokens.get(end).is_some_and(|token| token.is("and"))
            && tokens.get(end + 1).is_some_and(|token| token.is("i"))
    };
    if and_i(end) {
        return vec![Reference {
            person: Person::user(),
            role: Role::Subject,
            end: end + 2,
            introduces: false,
        }];
    }
    let mut end = end;
    let comma = usize::from(tokens.get(end).is_some_and(|token| token.is(",") || token.is("(")));
    if let Some((name_end, name)) = name_in_apposition(scan, end + comma) {
        let closing = if tokens[end].is("(") { ")" } else { "," };
        let closed = comma == 0 || tokens.get(name_end).is_some_and(|token| token.is(closing));
        if closed && !person.plural {
            person.name = Some(name);
            end = name_end + comma;
        }
    }
    // "the twins, Noah and Ella, are 4".
    if person.plural
        && comma == 1
        && let Some((names_end, _)) = super::proper::names(scan, end + 1)
        && tokens.get(names_end).is_some_and(|token| token.is(",") || token.is(")"))
    {
        end = names_end + 1;
    }
    if and_i(end) {
        return vec![Reference {
            person: Person::user(),
            role: Role::Subject,
            end: end + 2,
            introduces: false,
        }];
    }
    if let Some((person, end)) = with_another(tokens, &person, end) {
        return vec![Reference { person, role: Role::Subject, end, introduces: false }];
    }
    let subject = Reference { person: person.clone(), role: Role::Subject, end, introduces: false };
    if tokens.get(end).is_some_and(|token| token.is("'s")) {
        return vec![Reference { person, role: Role::Owner, end: end + 1, introduces: false }, subject];
    }
    vec![subject]
}

/// The relation or animal at `at`, with its adjectives; whether it is "sisters" for "sister's".
pub(super) fn relation(tokens: &[Token<'_>], at: usize) -> Option<(Person, usize, bool)> {
    let mut head = at;
    while tokens.get(head).is_some_and(|token| RELATION_ADJECTIVES.contains(&*token.word) || is_age(token))
        && head < at + 3
    {
        // "my little one", "my old man" are not worth the trouble.
        head += 1;
    }
    // "my golden retriever": one more word may describe an animal.
    let animal = |at: usize| listed_length(tokens, at, &PETS);
    let describes = tokens.get(head).is_some_and(|token| {
        token.is_word() && !is_something_else(&token.word) && !RELATIONS.contains(&*token.word)
    });
    if animal(head).is_none() && describes && animal(head + 1).is_some() {
        head += 1;
    }
    if let Some(eldest) = eldest(tokens, at, head) {
        return Some(eldest);
    }
    let token = tokens.get(head)?;
    let word = &*token.word;
    let owns = tokens.get(head + 1).is_some_and(|next| matches!(&*next.word, "name" | "birthday" | "names"));
    let is_called = tokens.get(head + 1).is_some_and(|next| matches!(&*next.word, "called" | "named"));
    let singular = word.strip_suffix('s').filter(|word| {
        owns || is_called && (PETS.contains(word) || SINGLE_RELATIONS.iter().any(|(one, _)| one == word))
    });
    let (sort, end, plural, missing) = if RELATIONS.contains(word) {
        (Sort::Relation, head + 1, false, false)
    } else if PLURAL_RELATIONS.contains(word) && singular.is_none_or(|word| !RELATIONS.contains(word)) {
        (Sort::Relation, head + 1, true, false)
    } else if singular.is_some_and(|word| RELATIONS.contains(word)) {
        (Sort::Relation, head + 1, false, true)
    } else if singular.is_some_and(|word| PETS.contains(word)) {
        (Sort::Pet, head + 1, false, true)
    } else {
        let length = animal(head)?;
        let plural = !is_entry(&tokens[head..head + length], &PETS);
        (Sort::Pet, head + length, plural, false)
    };
    let in_law = tokens.get(end).is_some_and(|next| next.is("in"))
        && tokens.get(end + 1).is_some_and(|next| matches!(&*next.word, "law" | "laws"));
    let end = if in_law { end + 2 } else { end };
    // "my dog food", "my mother tongue".
    if tokens.get(end).is_some_and(|next| {
        matches!(
            &*next.word,
            "tongue" | "food" | "board" | "in" | "ship" | "language" | "nature" | "walker" | "sitter"
        )
    }) {
        return None;
    }
    let own = usize::from(tokens[at].is("own") && end > at + 1);
    let mut relation = written(&tokens[at + own..end]).to_lowercase();
    if missing {
        relation.pop();
    }
    if relation == "gf" || relation == "bf" {
        relation = if relation == "gf" { "girlfriend" } else { "boyfriend" }.to_owned();
    }
    let bare = relation.rsplit(' ').next().unwrap_or_default();
    let single = SINGLE_RELATIONS.iter().find(|(one, _)| *one == bare && end == head + 1);
    let former = ["ex", "former", "late", "future", "first", "second"]
        .iter()
        .any(|word| relation.split(' ').any(|one| one == *word));
    let key =
        single.filter(|_| !former && !in_law && sort == Sort::Relation).map(|(_, key)| format!("user.{key}"));
    Some((Person { sort, relation, name: None, key, plural }, end, missing))
}

/// "my eldest", "my little one": no noun follows.
fn eldest(tokens: &[Token<'_>], at: usize, head: usize) -> Option<(Person, usize, bool)> {
    let before = head.checked_sub(1).filter(|before| *before >= at)?;
    let little_one = tokens[before].is("little") && tokens.get(head).is_some_and(|token| token.is("one"));
    let end = head + usize::from(little_one);
    let alone = tokens.get(end).is_none_or(|next| {
        next.is_stop()
            || next.is("'s")
            || next.is_capitalised()
            || matches!(&*next.word, "is" | "has" | "was" | "starts" | "and")
            || next.word.ends_with('s')
                && !RELATIONS.contains(&*next.word)
                && !PLURAL_RELATIONS.contains(&*next.word)
    });
    let eldest = matches!(&*tokens[before].word, "eldest" | "oldest" | "youngest");
    if !alone || !(eldest || little_one) {
        return None;
    }
    let relation = written(&tokens[at..end]).to_lowercase();
    Some((Person { sort: Sort::Relation, relation, name: None, key: None, plural: false }, end, false))
}

/// "my 5-year-old daughter".
fn is_age(token: &Token<'_>) -> bool {
    token.word.ends_with("-year-old") && dates::day_number(token).is_none()
}
