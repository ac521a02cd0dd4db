//! Valid JSON for any schema: what is known about the message where the names fit, values of the right type elsewhere.

use serde_json::{Map, Value, json};

use super::statements::{Statement, statements};
use super::words::{keywords, names};

/// Schemas may refer to themselves; answers have to end.
const DEPTH_MAX: u32 = 16;
const ITEMS_MAX: usize = 100;

/// An answer to `message` in the form of `schema`.
pub(super) fn answer(schema: &Value, message: &str) -> Value {
    Filler { root: schema, known: known(message) }.fill(schema, None, 0)
}

/// What can be said about a message, by the names that schemas use.
fn known(message: &str) -> Map<String, Value> {
    let keywords: Vec<String> = keywords(message).into_iter().take(5).collect();
    let memories: Vec<Value> = statements(message).iter().map(memory).collect();
    let topics: Vec<&String> = keywords.iter().take(3).collect();
    let share = 1.0 / topics.len().max(1) as f64;
    let about = topics.first().map_or("your day", |topic| topic.as_str());
    let words = message.split_whitespace().count();
    let known = json!({
        "memories": memories,
        "keywords": keywords,
        "entities": names(message),
        "sentiment": sentiment(message),
        "topics": topics.iter().map(|topic| json!({"name": topic, "share": share})).collect::<Vec<_>>(),
        "engagement": (words as f64 / 50.0).min(1.0),
        "follow_up_questions": [
            format!("How did it go on with {about}?"),
            format!("Since when has {about} mattered to you?"),
            "What would you like to talk about next?",
        ],
    });
    match known {
        Value::Object(known) => known,
        _ => Map::new(),
    }
}

fn memory(statement: &Statement<'_>) -> Value {
    json!({
        "content": statement.content,
        "type": statement.kind,
        "importance": statement.importance,
        "tags": statement.tags,
        "entities": statement.entities,
        "evidence": statement.evidence,
        "attribute": statement.attribute,
    })
}

/// From -1 to 1, by the words of two short lists.
fn sentiment(message: &str) -> f64 {
    const GOOD: [&str; 10] =
        ["love", "great", "good", "happy", "nice", "thanks", "enjoy", "glad", "fun", "excited"];
    const BAD: [&str; 10] =
        ["hate", "bad", "sad", "angry", "tired", "sick", "worried", "awful", "lost", "afraid"];
    let words = keywords(message);
    let count = |list: &[&str]| words.iter().filter(|word| list.contains(&word.as_str())).count() as f64;
    let (good, bad) = (count(&GOOD), count(&BAD));
    if good + bad > 0.0 { (good - bad) / (good + bad) } else { 0.0 }
}

struct Filler<'a> {
    root: &'a Value,
    known: Map<String, Value>,
}

impl Filler<'_> {
    /// `known` is what is known for this very place.
    fn fill(&self, schema: &Value, known: Option<&Value>, depth: u32) -> Value {
        if depth > DEPTH_MAX {
            return Value::Null;
        }
        let schema = self.resolve(schema, depth);
        if let Some(value) = schema.get("const") {
            return value.clone();
        }
        if let Some(options) = schema.get("enum").and_then(Value::as_array) {
            let fitting = known.filter(|value| options.contains(value));
            return fitting.or(options.first()).cloned().unwrap_or(Value::Null);
        }
        match type_of(schema, known) {
            "object" => self.object(schema, known, depth),
            "array" => self.array(schema, known, depth),
            "string" => string(schema, known),
            "number" => json!(within(schema, known.and_then(Value::as_f64).unwrap_or(0.5))),
            "integer" => json!(within(schema, known.and_then(Value::as_f64).unwrap_or(1.0)).round() as i64),
            "boolean" => json!(known.and_then(Value::as_bool).unwrap_or(false)),
            _ => Value::Null,
        }
    }

    fn object(&self, schema: &Value, known: Option<&Value>, depth: u32) -> Value {
        let required = |name: &str| {
            let names = schema.get("required").and_then(Value::as_array);
            names.is_some_and(|names| names.iter().any(|one| one == name))
        };
        let mut object = Map::new();
        for (name, property) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
            // Inside a memory, its own entities; elsewhere, those of the message.
            let known = match known {
                Some(known) => known.get(name),
                None => self.known.get(name),
            };
            if known.is_some() || required(name) {
                object.insert(name.clone(), self.fill(property, known, depth + 1));
            }
        }
        Value::Object(object)
    }

    fn array(&self, schema: &Value, known: Option<&Value>, depth: u32) -> Value {
        let bound = |name: &str| schema.get(name).and_then(Value::as_u64).map(|bound| bound as usize);
        let least = bound("minItems").unwrap_or(0).min(ITEMS_MAX);
        let most = bound("maxItems").unwrap_or(ITEMS_MAX);
        let items = schema.get("items").unwrap_or(&Value::Null);
        let known = known.and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let mut array: Vec<Value> =
            known.iter().take(most).map(|value| self.fill(items, Some(value), depth + 1)).collect();
        while array.len() < least {
            array.push(self.fill(items, None, depth + 1));
        }
        Value::Array(array)
    }

    /// The schema itself behind references and choices.
    fn resolve<'s>(&'s self, schema: &'s Value, depth: u32) -> &'s Value {
        if depth > DEPTH_MAX {
            return schema;
        }
        let pointer = schema.get("$ref").and_then(Value::as_str).and_then(|path| path.strip_prefix('#'));
        let target = pointer.and_then(|path| self.root.pointer(path));
        let choice = ["anyOf", "oneOf", "allOf"].iter().find_map(|name| schema.get(name)?.get(0));
        match target.or(choice) {
            Some(inner) => self.resolve(inner, depth + 1),
            None => schema,
        }
    }
}

/// Of several types the one that what is known has, else null, else the first.
fn type_of<'a>(schema: &'a Value, known: Option<&Value>) -> &'a str {
    let fits = |kind: &str| match known {
        Some(Value::String(_)) => kind == "string",
        Some(Value::Number(_)) => kind == "number" || kind == "integer",
        Some(Value::Array(_)) => kind == "array",
        Some(Value::Object(_)) => kind == "object",
        Some(Value::Bool(_)) => kind == "boolean",
        Some(Value::Null) | None => kind == "null",
    };
    match schema.get("type") {
        Some(Value::String(kind)) => kind,
        Some(Value::Array(kinds)) => {
            let mut kinds = kinds.iter().filter_map(Value::as_str);
            let first = kinds.clone().next().unwrap_or("null");
            let nullable = kinds.clone().any(|kind| kind == "null");
            kinds.find(|kind| fits(kind)).unwrap_or(if nullable { "null" } else { first })
        }
        _ if schema.get("properties").is_some() => "object",
        _ if schema.get("items").is_some() => "array",
        _ => "null",
    }
}

fn string(schema: &Value, known: Option<&Value>) -> Value {
    let example = match schema.get("format").and_then(Value::as_str) {
        Some("date") => "2026-01-01",
        Some("date-time") => "2026-01-01T00:00:00Z",
        Some("time") => "00:00:00Z",
        Some("email") => "nobody@example.com",
        Some("uri") => "https://example.com",
        Some("uuid") => "00000000-0000-0000-0000-000000000000",
        _ => "none",
    };
    let bound = |name: &str| schema.get(name).and_then(Value::as_u64).map(|bound| bound as usize);
    let text = known.and_then(Value::as_str).unwrap_or(example);
    let mut text: String = text.chars().take(bound("maxLength").unwrap_or(usize::MAX)).collect();
    let missing = bound("minLength").unwrap_or(0).saturating_sub(text.chars().count());
    text.extend(std::iter::repeat_n('.', missing));
    Value::String(text)
}

fn within(schema: &Value, number: f64) -> f64 {
    let bound = |name: &str| schema.get(name).and_then(Value::as_f64);
    let number = bound("minimum").map_or(number, |least| number.max(least));
    bound("maximum").map_or(number, |most| number.min(most))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memories_are_the_statements_of_the_message() {
        let schema = json!({
            "type": "object",
            "required": ["memories"],
            "properties": {"memories": {"type": "array", "items": {
                "type": "object",
                "required": ["content", "type", "importance", "tags", "entities", "evidence", "attribute", "date"],
                "properties": {
                    "content": {"type": "string"},
                    "type": {"type": "string", "enum": ["fact", "preference", "event", "relationship", "other"]},
                    "importance": {"type": "number"},
                    "tags": {"type": "array", "items": {"type": "string"}},
                    "entities": {"type": "array", "items": {"type": "string"}},
                    "evidence": {"type": "string"},
                    "attribute": {"type": ["string", "null"]},
                    "date": {"type": ["string", "null"]}
                }
            }}}
        });
        assert_eq!(
            answer(&schema, "Where is Rome? My name is Anna. I like tea!"),
            json!({"memories": [
                {"content": "The user's name is Anna.", "type": "fact", "importance": 0.9, "tags": ["name", "anna"],
                 "entities": ["Anna"], "evidence": "My name is Anna", "attribute": "user.name", "date": null},
                {"content": "The user likes tea.", "type": "preference", "importance": 0.5, "tags": ["tea"],
                 "entities": [], "evidence": "I like tea", "attribute": null, "date": null}
            ]})
        );
        assert_eq!(answer(&schema, "Thanks!"), json!({"memories": []}));
    }

    #[test]
    fn an_analysis_speaks_of_the_message() {
        let strings = json!({"type": "array", "items": {"type": "string"}});
        let schema = json!({
            "type": "object",
            "required": ["analysis"],
            "properties": {"analysis": {
                "type": "object",
                "required": ["sentiment", "topics", "patterns", "engagement", "memory_gaps", "follow_up_questions",
                             "suggested_profile"],
                "properties": {
                    "sentiment": {"type": "number"},
                    "topics": {"type": "array", "items": {
                        "type": "object",
                        "required": ["name", "share"],
                        "properties": {"name": {"type": "string"}, "share": {"type": "number"}}
                    }},
                    "patterns": strings, "engagement": {"type": "number"}, "memory_gaps": strings,
                    "follow_up_questions": strings, "suggested_profile": {"type": ["string", "null"]}
                }
            }}
        });
        let answer = answer(&schema, "A great day in the garden");
        let analysis = &answer["analysis"];
        assert_eq!(analysis["sentiment"], json!(1.0));
        assert_eq!(analysis["topics"][0]["name"], json!("great"));
        assert_eq!(analysis["follow_up_questions"].as_array().unwrap().len(), 3);
        assert_eq!(analysis["suggested_profile"], Value::Null);
        assert_eq!(analysis["patterns"], json!([]));
    }

    #[test]
    fn any_schema_gets_values_of_the_right_type() {
        let schema = json!({
            "$defs": {"node": {"type": "object", "required": ["child"], "properties": {"child": {"$ref": "#/$defs/node"}}}},
            "type": "object",
            "required": ["kind", "count", "share", "sure", "when", "who", "rows", "fixed", "either", "node", "entities"],
            "properties": {
                "kind": {"enum": ["a", "b"]},
                "count": {"type": "integer", "minimum": 3},
                "share": {"type": "number", "maximum": 0.25},
                "sure": {"type": "boolean"},
                "when": {"type": "string", "format": "date"},
                "who": {"type": "string", "minLength": 6},
                "rows": {"type": "array", "minItems": 2, "items": {"type": "integer"}},
                "fixed": {"const": 7},
                "either": {"anyOf": [{"type": "string", "maxLength": 2}, {"type": "null"}]},
                "node": {"$ref": "#/$defs/node"},
                "entities": {"type": "integer"},
                "left_out": {"type": "string"}
            }
        });
        let mut answer = answer(&schema, "With Anna");
        assert!(answer["node"]["child"]["child"].is_object());
        answer.as_object_mut().unwrap().remove("node");
        assert_eq!(
            answer,
            json!({
                "kind": "a", "count": 3, "share": 0.25, "sure": false, "when": "2026-01-01", "who": "none..",
                "rows": [1, 1], "fixed": 7, "either": "no", "entities": 1
            })
        );
        assert_eq!(super::answer(&Value::Null, "x"), Value::Null);
    }
}
