//! Every statement in the sources is planned by SQLite, and none may read a whole table that grows.

use sqlx::{AssertSqlSafe, Connection as _, Row as _, SqliteConnection};

use crate::open_plain;

/// Statements that have to see every row, by how they begin, and why.
const WHOLE_TABLE: &[(&str, &str)] = &[
    (
        "SELECT id, name, scope, user_id, created_at FROM api_keys ORDER BY id",
        "a handful of rows, listed by a command",
    ),
    ("SELECT id FROM profiles ORDER BY id", "every profile, when a database gets a key or misses some"),
    ("SELECT user_id, id FROM profiles", "every profile, at start and every ten minutes"),
    ("SELECT DISTINCT p.user_id, p.id FROM profiles p JOIN memories m", "every memory, once at start"),
    ("SELECT 1 FROM users LIMIT 1", "one row"),
    ("SELECT COUNT(*) FROM ( SELECT 1 FROM memories", "rows of one profile, as many as are enough"),
    ("SELECT state, COUNT(*) FROM jobs GROUP BY state", "a covering index, of the few jobs there are"),
];

/// The string literals of the sources that are statements.
fn statements() -> Vec<String> {
    let sources = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/src")).unwrap();
    let mut found = Vec::new();
    for source in sources {
        let text = std::fs::read_to_string(source.unwrap().path()).unwrap();
        // Every second piece between quotes is a literal; the sources have no escaped quotes in statements.
        for literal in text.split('"').skip(1).step_by(2) {
            let words = literal.split_whitespace().collect::<Vec<_>>().join(" ");
            let is_statement = ["SELECT ", "UPDATE ", "DELETE FROM ", "INSERT INTO "]
                .iter()
                .any(|verb| words.starts_with(verb));
            // Those that a builder completes are plain inserts, and deletions by a list of keys; those with names to be
            // filled in go through a whole database, once.
            let is_whole = (!words.ends_with(')') || words.contains('$')) && !words.contains('{');
            if is_statement && is_whole && !words.ends_with('=') && !words.ends_with('(') {
                found.push(words);
            }
        }
    }
    found
}

#[tokio::test]
async fn no_statement_reads_a_whole_table() {
    let test = open_plain().await;
    let path = test.folder.path().join("test.db");
    let mut connection = SqliteConnection::connect(&path.display().to_string()).await.unwrap();
    let statements = statements();
    assert!(statements.len() > 50, "only {} statements were found", statements.len());
    let mut problems = Vec::new();
    for statement in statements {
        if WHOLE_TABLE.iter().any(|(beginning, _)| statement.starts_with(beginning)) {
            continue;
        }
        let explain = format!("EXPLAIN QUERY PLAN {statement}");
        let steps = sqlx::query(AssertSqlSafe(explain)).fetch_all(&mut connection).await;
        let steps = steps.unwrap_or_else(|error| panic!("{statement}: {error}"));
        for step in steps {
            let detail: String = step.get("detail");
            // A subquery in FROM has few rows and is called by its alias; `turns_running` has only the turns that run.
            let harmless = ["SCAN m LEFT-JOIN", "CONSTANT ROW", "USING INDEX turns_running"];
            if detail.starts_with("SCAN ") && !harmless.iter().any(|part| detail.contains(part)) {
                problems.push(format!("{statement}\n    {detail}"));
            }
        }
    }
    assert!(problems.is_empty(), "these read whole tables:\n{}", problems.join("\n"));
}
