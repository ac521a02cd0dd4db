//! What is remembered and asked: made up, the same for the same seed.

use super::stats::Random;

const PEOPLE: [&str; 24] = [
    "Anna", "Ben", "Carla", "David", "Elena", "Felix", "Greta", "Hugo", "Ines", "Jonas", "Karin", "Leo",
    "Marta", "Nils", "Olga", "Pavel", "Rosa", "Samir", "Tilda", "Ulrich", "Vera", "Walter", "Yusuf", "Zoe",
];
const RELATIONS: [&str; 10] = [
    "sister",
    "brother",
    "neighbour",
    "colleague",
    "friend",
    "cousin",
    "teacher",
    "boss",
    "uncle",
    "dentist",
];
const THINGS: [&str; 20] = [
    "green tea",
    "chess",
    "hiking",
    "opera",
    "sailing",
    "baking bread",
    "history",
    "running",
    "cinema",
    "gardening",
    "old maps",
    "jazz",
    "pottery",
    "birdwatching",
    "cycling",
    "crosswords",
    "cheese",
    "astronomy",
    "knitting",
    "judo",
];
const PLACES: [&str; 16] = [
    "Porto", "Lyon", "Graz", "Turin", "Bergen", "Krakow", "Ghent", "Leeds", "Malaga", "Riga", "Basel",
    "Cork", "Split", "Varna", "Tartu", "Bremen",
];

/// Statement number `n`: each is another.
pub(super) fn memory(n: usize) -> String {
    let (person, relation) = (PEOPLE[n % 24], RELATIONS[n / 24 % 10]);
    let (thing, place) = (THINGS[n / 7 % 20], PLACES[n / 11 % 16]);
    match n % 3 {
        0 => format!("The user's {relation} {person} number {n} is fond of {thing}."),
        1 => format!("The user's {relation} {person} number {n} moved to {place} in {}.", 1950 + n % 75),
        _ => format!("The user met their {relation} {person} number {n} in {place} over {thing}."),
    }
}

/// Questions and remarks in their order.
#[derive(Clone, Debug)]
pub(super) struct Questions {
    random: Random,
    memories: usize,
    /// The share of questions that were asked before.
    recurring: f64,
    asked: Vec<String>,
}

impl Questions {
    pub(super) fn new(seed: u64, memories: usize, recurring: f64) -> Self {
        Self { random: Random::new(seed), memories, recurring, asked: Vec::new() }
    }

    /// From now on this share of questions was asked before.
    pub(super) fn recur(&mut self, share: f64) {
        self.recurring = share;
    }

    pub(super) fn next(&mut self) -> String {
        if !self.asked.is_empty() && self.random.chance(self.recurring) {
            let known = self.random.pick(&self.asked).clone();
            // A third of them as people ask again: in another case, with other spaces or punctuation.
            return if self.random.chance(1.0 / 3.0) { self.said_otherwise(&known) } else { known };
        }
        let question = self.new_question();
        self.asked.push(question.clone());
        question
    }

    fn new_question(&mut self) -> String {
        let n = self.random.below(self.memories.max(500));
        let (person, relation) = (PEOPLE[n % 24], RELATIONS[n / 24 % 10]);
        let place = self.random.pick(&PLACES);
        match self.random.below(5) {
            0 => format!("What is my {relation} {person} number {n} fond of?"),
            1 => format!("When did {person} number {n} move to {place}?"),
            2 => format!("Where did I meet my {relation} {person} number {n}, and what did we do?"),
            3 => format!("Do you remember who moved to {place} in {}?", 1950 + n % 75),
            _ => format!("I saw {person} number {n} in {place} today. What should I ask about?"),
        }
    }

    fn said_otherwise(&mut self, question: &str) -> String {
        match self.random.below(3) {
            0 => question.to_lowercase(),
            1 => question.replace(' ', "  "),
            _ => question.trim_end_matches(['?', '.']).to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn statements_differ_and_questions_recur_as_often_as_wanted() {
        let statements: HashSet<String> = (0..10_000).map(memory).collect();
        assert_eq!(statements.len(), 10_000);
        let mut questions = Questions::new(1, 1_000, 0.7);
        let asked: Vec<String> = (0..1_000).map(|_| questions.next()).collect();
        let plain = |question: &String| {
            question.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ").replace(['?', '.'], "")
        };
        let different: HashSet<String> = asked.iter().map(plain).collect();
        assert!((250..350).contains(&different.len()), "{}", different.len());
        let again: Vec<String> = {
            let mut same = Questions::new(1, 1_000, 0.7);
            (0..1_000).map(|_| same.next()).collect()
        };
        assert_eq!(asked, again);
    }
}
