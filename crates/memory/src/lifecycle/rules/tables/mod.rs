//! The rules: what clauses can state, by subject. The first pattern that matches counts.

use super::pattern::Rule;

mod activities; // hobbies, languages, habits, goals
mod body; // health, allergies, diets
mod contacts; // numbers, addresses, names of things
mod endings; // what was given up
mod events; // what happened
pub(super) mod family; // people and animals
pub(super) mod person; // name, age, origin, character
mod plans; // what is to come on a day
mod possessions; // cars, bikes, houses
mod residence; // home and where one grew up
mod studies; // degrees, schools
mod tastes; // likes, dislikes, favourites
mod work; // professions and employers

pub(super) static RULES: [&[Rule]; 13] = [
    person::RULES,
    family::RULES,
    plans::RULES,
    events::RULES,
    endings::RULES,
    residence::RULES,
    studies::RULES,
    contacts::RULES,
    work::RULES,
    body::RULES,
    possessions::RULES,
    tastes::RULES,
    activities::RULES,
];

#[cfg(test)]
mod tests {
    use super::super::slots::Slot;
    use super::RULES;

    #[test]
    fn every_slot_is_known() {
        for rule in RULES.iter().copied().flatten() {
            for pattern in rule.patterns {
                for piece in pattern.split_whitespace() {
                    let piece = piece.trim_end_matches('?');
                    let slot = piece.strip_prefix('<').and_then(|piece| piece.strip_suffix('>'));
                    let known = slot.is_none_or(|slot| slot.starts_with("v:") || Slot::find(slot).is_some());
                    assert!(known, "{piece} in {pattern}");
                }
            }
        }
    }
}
