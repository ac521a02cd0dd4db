use serde_json::json;

use super::*;

fn read_text(name: &str, text: &str) -> anyhow::Result<(Format, Archive)> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, text).unwrap();
    read(&path, None)
}

fn said(archive: &Archive) -> Vec<(&str, &str)> {
    let messages = archive.conversations.iter().flat_map(|conversation| &conversation.messages);
    messages.map(|said| (said.role.as_str(), said.text.as_str())).collect()
}

fn chatgpt() -> Value {
    let message = |role: &str, text: &str, at: f64| {
        json!({"author": {"role": role}, "create_time": at,
               "content": {"content_type": "text", "parts": [text]}})
    };
    json!([{
        "title": "Tea", "create_time": 1_700_000_000.5, "conversation_id": "c1", "current_node": "d",
        "mapping": {
            "r": {"id": "r", "message": null, "parent": null, "children": ["a"]},
            "a": {"id": "a", "message": message("system", "You are…", 1_700_000_000.0), "parent": "r", "children": ["b"]},
            "b": {"id": "b", "message": message("user", "I like tea.", 1_700_000_001.0), "parent": "a", "children": ["c", "d"]},
            "c": {"id": "c", "message": message("assistant", "An answer that was replaced", 1_700_000_002.0), "parent": "b", "children": []},
            "d": {"id": "d", "message": message("assistant", "Noted.", 1_700_000_003.0), "parent": "b", "children": []}
        }
    }])
}

#[test]
fn the_shown_branch_of_a_chatgpt_conversation_is_read() {
    let (format, archive) = read_text("conversations.json", &chatgpt().to_string()).unwrap();
    assert_eq!(format, Format::Chatgpt);
    assert_eq!(said(&archive), [("user", "I like tea."), ("assistant", "Noted.")]);
    assert_eq!(archive.conversations[0].messages[0].at.as_second(), 1_700_000_001);
}

#[test]
fn a_zip_is_read_as_it_was_downloaded() {
    use std::io::Write as _;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("export.zip");
    let mut zip = zip::ZipWriter::new(File::create(&path).unwrap());
    zip.start_file("data/conversations.json", zip::write::SimpleFileOptions::default()).unwrap();
    zip.write_all(chatgpt().to_string().as_bytes()).unwrap();
    zip.finish().unwrap();
    assert_eq!(said(&read(&path, None).unwrap().1).len(), 2);
}

#[test]
fn the_other_sources_are_told_apart() {
    let claude = json!([{"uuid": "u", "name": "Tea", "chat_messages": [
        {"uuid": "m2", "sender": "assistant", "text": "Noted.", "created_at": "2024-05-01T10:00:05.000000Z"},
        {"uuid": "m1", "sender": "human", "text": "", "created_at": "2024-05-01T10:00:00.000000Z",
         "content": [{"type": "text", "text": "I like tea."}, {"type": "tool_use", "name": "x"}]}]}]);
    let (format, archive) = read_text("conversations.json", &claude.to_string()).unwrap();
    assert_eq!(format, Format::Claude);
    assert_eq!(said(&archive), [("user", "I like tea."), ("assistant", "Noted.")]);

    let mem0 = json!({"results": [{"id": "1", "memory": "Likes tea", "created_at": "2024-07-20T01:30:36.275141-07:00",
        "categories": ["food"]}, {"id": "2", "memory": "no time"}]});
    let (format, archive) = read_text("mem0.json", &mem0.to_string()).unwrap();
    assert_eq!(format, Format::Mem0);
    assert_eq!(archive.memories[0].memory.content, "Likes tea");
    assert_eq!(archive.memories[0].memory.tags, ["food"]);
    assert_eq!(archive.skipped.len(), 1);

    let webui = json!([{"id": "1", "user_id": "u", "content": "Likes tea", "updated_at": 1_700_000_000, "created_at": 1_700_000_000}]);
    let (format, archive) = read_text("memories.json", &webui.to_string()).unwrap();
    assert_eq!((format, archive.memories.len()), (Format::OpenWebui, 1));

    let lines = "{\"role\": \"user\", \"text\": \"I like tea.\", \"at\": \"2024-05-01T10:00:00Z\"}\n\
                 {\"speaker\": \"Tom\", \"content\": \"Me too\", \"timestamp\": \"2024-05-01\"}\n";
    let (format, archive) = read_text("m.jsonl", lines).unwrap();
    assert_eq!(format, Format::Messages);
    assert_eq!(said(&archive), [("user", "Me too"), ("user", "I like tea.")]);
    assert_eq!(archive.conversations[0].messages[0].speaker.as_deref(), Some("Tom"));
}

#[test]
fn what_cannot_be_read_is_named_without_its_text() {
    let broken = read_text("x.json", "{\"secret\": ").unwrap_err().to_string();
    assert!(broken.contains("line 1") && !broken.contains("secret"), "{broken}");
    let unknown = read_text("x.json", "[{\"secret\": 1}]").unwrap_err().to_string();
    assert!(unknown.contains("--format"), "{unknown}");
    let robot = "{\"role\": \"robot\", \"text\": \"secret\", \"at\": \"2024-05-01T10:00:00Z\"}";
    let unknown = read_text("x.jsonl", robot).unwrap_err().to_string();
    assert_eq!(
        unknown,
        "line 1: `role` must be user, assistant, system or tool, or there must be a `speaker`"
    );
    let undated = read_text("x.jsonl", "{\"role\": \"user\", \"text\": \"secret\"}").unwrap_err().to_string();
    assert!(undated.contains("line 1") && !undated.contains("secret"), "{undated}");
}
