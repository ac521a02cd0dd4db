use std::time::Instant;
fn main() {
    let t = Instant::now();
    privacy::inspect("Hello there");
    println!("first plain {:?}", t.elapsed());
    let t = Instant::now();
    privacy::warm_up();
    println!("first digits {:?}", t.elapsed());
    for unit in ["1 ", "12-", "(1) ", "a@", "@", "a.", "a at b dot ", "1.1.1.", "::", "a:", "://", "http://a:b@", "password: ", "pin ", "token ", "key = ", "I have asthma and ", "12 Main ", "my salary ", "account number ", "passport ", "born ", "[EMAIL_1", "sk-a1B2c3D4e5", "00:11:", "GB29NWBK", "\u{200b}", "é1", "-----BEGIN PRIVATE KEY-----", "eyJaaaaaaaaaa.", "use aaaaa as ", "4111 ", "+1 (", "A", "1", "Aa ", "a ", "zip ", "mg 1 ", "aaaa-"] {
        for n in [10_000usize, 100_000] {
            let text = unit.repeat(n / unit.len());
            let t = Instant::now();
            let found = privacy::inspect(&text).len();
            let us = t.elapsed().as_secs_f64() * 1e3;
            if us > 2.0 * n as f64 / 1e4 { println!("{unit:?} {n}: {us:.1} ms, {found}"); }
        }
    }
    let long = "Hi, I am Jane and I live in Leeds with my two dogs; yesterday we bought 3 kg of apples for 4.50 at the market. Mail jane@example.com or call +44 20 7946 0958. ".repeat(63);
    for _ in 0..5 { let t = Instant::now(); let n = privacy::inspect(&long).len(); println!("{} bytes {n} findings {:?}", long.len(), t.elapsed()); }
    for f in std::env::args().skip(1) {
        let texts: Vec<String> = std::fs::read_to_string(&f).unwrap().lines().map(|l| serde_json::from_str::<serde_json::Value>(l).unwrap()["text"].as_str().unwrap().to_owned()).collect();
        let bytes: usize = texts.iter().map(String::len).sum();
        for _ in 0..3 {
            let t = Instant::now();
            let n: usize = texts.iter().map(|t| privacy::inspect(t).len()).sum();
            let us = t.elapsed().as_secs_f64() * 1e6;
            println!("{f} {n} findings {:.1} us/text {:.1} us per 10 KB", us / texts.len() as f64, us / bytes as f64 * 1e4);
        }
    }
}

#[test] fn x() {}
