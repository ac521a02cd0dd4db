//! What the rules make of each line of standard input; for those who write rules.
//!
//!     echo "I live in Lyon." | cargo run -p memory --example rules [-- --clauses]
//!
//! `--clauses` shows all clauses, whether they will matter or not.

use domain::Clock;
use memory::lifecycle::Bearing;
use memory::lifecycle::rules::{RuleContext, command, extract, read};

#[expect(clippy::print_stdout, reason = "it is for looking at")]
fn main() -> std::io::Result<()> {
    let now = Clock::system().now();
    let mut context = RuleContext::default();
    let all_clauses = std::env::args().any(|argument| argument == "--clauses");
    for line in std::io::stdin().lines() {
        let line = line?;
        println!("{line}");
        if let Some(command) = command(&line) {
            println!("    {command:?}");
        }
        if all_clauses {
            for clause in read(&line, now, &context).clauses() {
                println!("    ? {}", clause.content);
            }
        }
        for one in extract(&line, now, &context) {
            let retracts = match (&one.bearing, one.retracts) {
                (Bearing::Statement, true) => ", ends what was".to_owned(),
                (Bearing::Statement, false) => String::new(),
                (bearing, _) => format!(", where known: {bearing:?}"),
            };
            let attribute = one.memory.attribute.as_deref().unwrap_or("no attribute");
            let moment = |at: Option<domain::Timestamp>| at.map(|at| at.to_string()).unwrap_or_default();
            let (from, to) = (moment(one.memory.valid_from), moment(one.memory.valid_to));
            let time =
                if from.is_empty() && to.is_empty() { String::new() } else { format!(", {from} to {to}") };
            println!("    {} ({attribute}{retracts}{time})", one.memory.content);
        }
        context.before.insert(0, line);
        context.before.truncate(3);
    }
    Ok(())
}
