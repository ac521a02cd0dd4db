// prints findings in a text file, one line per text (jsonl with "text")
fn main() {
    for f in std::env::args().skip(1) {
        for l in std::fs::read_to_string(&f).unwrap().lines() {
            let v: serde_json::Value = serde_json::from_str(l).unwrap();
            let t = v["text"].as_str().or_else(|| v["question"].as_str()).unwrap_or_default().to_owned();
            for x in privacy::inspect(&t) {
                let a = t.floor_char_boundary(x.start.saturating_sub(50));
                let b = t.ceil_char_boundary((x.end + 20).min(t.len()));
                println!("{}\t{:?}", x.rule, format!("{}«{}»{}", &t[a..x.start], &t[x.start..x.end], &t[x.end..b]));
            }
        }
    }
}
