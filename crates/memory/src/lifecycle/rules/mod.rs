//! Being written.
use domain::Timestamp;
#[derive(Default)]
pub struct RuleContext;
pub struct Candidate { pub memory: domain::memory::NewMemory }
pub fn extract(_: &str, _: Timestamp, _: &RuleContext) -> Vec<Candidate> { Vec::new() }
