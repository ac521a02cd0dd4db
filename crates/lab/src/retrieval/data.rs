//! Corpora and questions, read from JSONL.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::Path;

use anyhow::{Context as _, bail};
use domain::message::Role;
use domain::{MessageId, PrivacyMode, SessionId, Timestamp};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use memory::lifecycle::rules::Reading;
use memory::retrieval::{PastMessage, embedded_text, is_embedded};
use memory::{ImportedMessage, ImportedSession};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Without session numbers, a pause this long begins a new session.
const SESSION_PAUSE_SECONDS: i64 = 6 * 3600;

/// One message of a corpus.
#[derive(Clone, Debug, Deserialize)]
pub struct CorpusMessage {
    pub conversation_id: String,
    pub memory_id: String,
    /// A day or a moment, such as `2023-05-08` or `2023-05-08T13:56:00`, in UTC.
    pub timestamp: String,
    pub speaker: String,
    pub text: String,
    #[serde(default)]
    pub session: Option<Value>,
    #[serde(default)]
    pub image_caption: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Question {
    pub conversation_id: String,
    #[serde(default)]
    pub query_id: String,
    pub question: String,
    #[serde(default)]
    pub query_time: Option<String>,
    /// What was said just before, each as `Speaker: text`.
    #[serde(default)]
    pub context: Vec<String>,
    #[serde(default)]
    pub category: String,
    /// The messages that answer it. Empty: nothing does, and nothing should come back.
    pub gold_memory_ids: Vec<String>,
}

impl Question {
    pub fn asked_at(&self) -> anyhow::Result<Option<Timestamp>> {
        self.query_time.as_deref().map(moment).transpose()
    }

    /// What was said just before. A context that ends with the question itself is read up to it.
    pub fn said_before(&self, now: Timestamp) -> Vec<PastMessage> {
        let is_question = |line: &&String| line.ends_with(&self.question);
        let before = self.context.len() - usize::from(self.context.last().as_ref().is_some_and(is_question));
        let said = |line: &String| {
            let (speaker, text) = line.split_once(": ").unwrap_or(("User", line));
            let is_assistant = speaker == "Assistant";
            PastMessage {
                id: MessageId::new(now),
                session_id: SessionId::new(now),
                role: if is_assistant { Role::Assistant } else { Role::User },
                speaker: (!is_assistant).then(|| speaker.to_owned()),
                content: text.to_owned(),
                said_at: now,
            }
        };
        self.context[..before].iter().map(said).collect()
    }

    /// Names the wrong person on purpose: its gold ids answer another question.
    pub fn is_adversarial(&self) -> bool {
        self.category == "adversarial"
    }
}

/// A corpus and its questions.
#[derive(Clone, Debug)]
pub struct Dataset {
    pub name: String,
    /// By conversation, in the order of the file.
    pub conversations: BTreeMap<String, Vec<CorpusMessage>>,
    pub questions: Vec<Question>,
}

impl Dataset {
    pub fn read(corpus: &Path, queries: &Path) -> anyhow::Result<Self> {
        let mut conversations: BTreeMap<String, Vec<CorpusMessage>> = BTreeMap::new();
        for message in read_lines::<CorpusMessage>(corpus)? {
            conversations.entry(message.conversation_id.clone()).or_default().push(message);
        }
        let questions: Vec<Question> = read_lines(queries)?;
        if let Some(lost) = questions.iter().find(|asked| !conversations.contains_key(&asked.conversation_id))
        {
            bail!(
                "question {:?} is about conversation {:?}, which {} does not have",
                lost.query_id,
                lost.conversation_id,
                corpus.display()
            );
        }
        let folder = corpus.parent().and_then(Path::file_name);
        let name = folder.map_or_else(|| "corpus".to_owned(), |name| name.to_string_lossy().into_owned());
        Ok(Self { name, conversations, questions })
    }

    /// What is embedded of the messages and questions of each conversation, and which messages answer which question.
    pub fn pairs(&self) -> impl Iterator<Item = Pairs> {
        self.conversations.iter().map(|(conversation, messages)| {
            let mut pairs = Pairs { conversation: conversation.clone(), ..Pairs::default() };
            let mut places = HashMap::new();
            for message in messages {
                let said = imported(message, Timestamp::UNIX_EPOCH);
                let speaker = said.speaker.as_deref();
                if is_embedded(speaker, said.role) {
                    places.insert(&message.memory_id, pairs.messages.len());
                    pairs.messages.push(embedded_text(speaker, said.role, &said.content));
                }
            }
            let asked = self.questions.iter().filter(|asked| asked.conversation_id == *conversation);
            for asked in asked.filter(|asked| !asked.is_adversarial()) {
                let answers = asked.gold_memory_ids.iter().filter_map(|id| places.get(id).copied()).collect();
                pairs
                    .questions
                    .push(AskedPair { text: embedded_text(None, Role::User, &asked.question), answers });
            }
            pairs
        })
    }
}

/// What the embedding model sees of a conversation.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Pairs {
    pub conversation: String,
    pub messages: Vec<String>,
    pub questions: Vec<AskedPair>,
}

#[derive(Clone, Debug, Serialize)]
pub struct AskedPair {
    pub text: String,
    /// Places in `messages`.
    pub answers: Vec<usize>,
}

/// One JSON object a line; a line that is none is named.
fn read_lines<T: DeserializeOwned>(path: &Path) -> anyhow::Result<Vec<T>> {
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(at, line)| {
            serde_json::from_str(line).with_context(|| format!("{}, line {}", path.display(), at + 1))
        })
        .collect()
}

fn moment(text: &str) -> anyhow::Result<Timestamp> {
    let civil: DateTime =
        text.parse().with_context(|| format!("{text:?} is no time; write it as 2023-05-08T13:56:00"))?;
    Ok(civil.to_zoned(TimeZone::UTC)?.timestamp())
}

/// A conversation as sessions to import, with the ids of their messages in the same order.
pub(super) fn sessions(messages: &[CorpusMessage]) -> anyhow::Result<Vec<(ImportedSession, Vec<String>)>> {
    let mut sessions: Vec<(ImportedSession, Vec<String>)> = Vec::new();
    let mut last: Option<(&CorpusMessage, Timestamp)> = None;
    for message in messages {
        let said_at = moment(&message.timestamp)?;
        let goes_on = last.is_some_and(|(before, at)| match (&before.session, &message.session) {
            (None, None) => (0..SESSION_PAUSE_SECONDS).contains(&(said_at.as_second() - at.as_second())),
            (before, now) => before == now,
        });
        if !goes_on {
            let title = format!("Session {}", sessions.len() + 1);
            sessions.push((
                ImportedSession {
                    key: None,
                    title,
                    mode: PrivacyMode::Normal,
                    times: None,
                    messages: Vec::new(),
                },
                Vec::new(),
            ));
        }
        if let Some((session, ids)) = sessions.last_mut() {
            session.messages.push(imported(message, said_at));
            ids.push(message.memory_id.clone());
        }
        last = Some((message, said_at));
    }
    Ok(sessions)
}

fn imported(message: &CorpusMessage, said_at: Timestamp) -> ImportedMessage {
    let role = if message.speaker == "assistant" { Role::Assistant } else { Role::User };
    let named = !matches!(message.speaker.as_str(), "user" | "assistant");
    let content = match &message.image_caption {
        Some(caption) => format!("{} [image: {caption}]", message.text),
        None => message.text.clone(),
    };
    let speaker = named.then(|| message.speaker.clone());
    ImportedMessage { key: None, role, speaker, content, said_at, recallable: true, told: Reading::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(timestamp: &str, session: Option<i64>) -> CorpusMessage {
        CorpusMessage {
            conversation_id: "c".to_owned(),
            memory_id: timestamp.to_owned(),
            timestamp: timestamp.to_owned(),
            speaker: "user".to_owned(),
            text: "Hello".to_owned(),
            session: session.map(Value::from),
            image_caption: None,
        }
    }

    #[test]
    fn sessions_follow_their_numbers_or_else_the_pauses() {
        let numbered =
            [message("2023-05-08", Some(1)), message("2023-05-08", Some(1)), message("2023-05-08", Some(2))];
        assert_eq!(sessions(&numbered).unwrap().len(), 2);
        let timed = [
            message("2023-05-08T10:00:00", None),
            message("2023-05-08T11:00:00", None),
            message("2023-05-08T19:00:00", None),
            message("2023-01-01T19:30:00", None),
        ];
        assert_eq!(sessions(&timed).unwrap().len(), 3);
    }

    #[test]
    fn pairs_are_of_what_is_embedded_and_of_questions_that_ask_for_it() {
        let said = |id: &str, speaker: &str, text: &str| CorpusMessage {
            memory_id: id.to_owned(),
            speaker: speaker.to_owned(),
            text: text.to_owned(),
            ..message("2023-05-08", None)
        };
        let asked = |category: &str, gold: &[&str]| Question {
            conversation_id: "c".to_owned(),
            query_id: String::new(),
            question: "Where do I live?".to_owned(),
            query_time: None,
            context: Vec::new(),
            category: category.to_owned(),
            gold_memory_ids: gold.iter().map(|id| (*id).to_owned()).collect(),
        };
        let messages = vec![
            said("1", "assistant", "Hi!"),
            said("2", "Ana", "I live in Porto."),
            said("3", "user", "Nice"),
        ];
        let dataset = Dataset {
            name: "d".to_owned(),
            conversations: BTreeMap::from([("c".to_owned(), messages)]),
            questions: vec![asked("temporal", &["1", "3"]), asked("adversarial", &["2"])],
        };
        let pairs: Vec<Pairs> = dataset.pairs().collect();
        assert_eq!(pairs[0].messages, ["Ana: I live in Porto.", "Nice"]);
        let [question] = pairs[0].questions.as_slice() else { panic!("{:?}", pairs[0].questions) };
        assert_eq!(question.text, "where does the user live?");
        assert_eq!(question.answers, [1], "what has no vector is no answer to learn from");
    }

    #[test]
    fn a_wrong_line_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("corpus.jsonl");
        fs::write(&path, "\n{\"conversation_id\": 1}\n").unwrap();
        let error = format!("{:#}", read_lines::<CorpusMessage>(&path).unwrap_err());
        assert!(error.contains("corpus.jsonl, line 2: invalid type"), "{error}");
    }
}
