//! API keys and tokens: by the prefixes their makers gave them, by the form of a private key or a JWT, and by high
//! entropy beside words such as "token".

use std::ops::Range;
use std::sync::LazyLock;

use super::{Finding, Pattern, pattern};
use crate::Kind;
use crate::context::View;

const PRIVATE_KEY_BYTES_MAX: usize = 16_384;

/// Prefix and rest, as documented by each maker.
const PREFIXED: [&str; 32] = [
    r"sk-[A-Za-z0-9_-]{20,}", // OpenAI, Anthropic, OpenRouter, DeepSeek
    r"[spr]k_(?:live|test|prod)_[A-Za-z0-9]{16,}", // Stripe, Clerk
    r"whsec_[A-Za-z0-9+/=]{24,}", // Stripe
    r"gh[opusr]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{40,}", // GitHub
    r"gl(?:pat|dt|rt|ptt|oas|soat|ft|cbt)-[A-Za-z0-9_.-]{18,}", // GitLab
    r"xox[abeoprs]-[A-Za-z0-9-]{10,}|xapp-[0-9]-[A-Za-z0-9-]{20,}", // Slack
    r"hooks\.slack\.com/services/[A-Za-z0-9/]{20,}",
    r"(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}", // AWS
    r"AIza[A-Za-z0-9_-]{35}|ya29\.[A-Za-z0-9_-]{20,}|GOCSPX-[A-Za-z0-9_-]{20,}", // Google
    r"SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}", // SendGrid
    r"hf_[A-Za-z0-9]{30,}",                 // Hugging Face
    r"npm_[A-Za-z0-9]{36}",                 // npm
    r"pypi-[A-Za-z0-9_-]{50,}",             // PyPI
    r"do[opr]_v1_[a-f0-9]{64}",             // DigitalOcean
    r"shp(?:at|ca|pa|ss)_[A-Fa-f0-9]{32}",  // Shopify
    r"gsk_[A-Za-z0-9]{40,}",                // Groq
    r"r8_[A-Za-z0-9]{30,}",                 // Replicate
    r"xai-[A-Za-z0-9]{40,}|pplx-[A-Za-z0-9]{40,}|nvapi-[A-Za-z0-9_-]{50,}|tvly-[A-Za-z0-9-]{20,}",
    r"lin_api_[A-Za-z0-9]{30,}|ntn_[A-Za-z0-9]{40,}|secret_[A-Za-z0-9]{43}", // Linear, Notion
    r"dckr_pat_[A-Za-z0-9_-]{20,}|sbp_[a-f0-9]{40}|glsa_[A-Za-z0-9_]{30,}",  // Docker, Supabase, Grafana
    r"sntry[su]_[A-Za-z0-9_=+/]{30,}|NRAK-[A-Z0-9]{27}|PMAK-[a-f0-9-]{50,}", // Sentry, New Relic, Postman
    r"key-[a-f0-9]{32}|(?:AC|SK)[a-f0-9]{32}",                               // Mailgun, Twilio
    r"AGE-SECRET-KEY-1[A-Z0-9]{58}",                                         // age
    r"[0-9]{8,10}:AA[A-Za-z0-9_-]{32,}",                                     // Telegram
    r"sq0(?:atp|csp|idp)-[A-Za-z0-9_-]{22,}|EAA[A-Za-z0-9]{80,}",            // Square, Meta
    r"ATATT3[A-Za-z0-9_=-]{50,}|ATCTT3[A-Za-z0-9_=-]{50,}",                  // Atlassian
    r"hv[bs]\.[A-Za-z0-9_-]{20,}|tskey-[a-z]{3,10}-[A-Za-z0-9-]{15,}",       // Vault, Tailscale
    r"figd_[A-Za-z0-9_-]{30,}|dp\.pt\.[A-Za-z0-9]{40,}|rnd_[A-Za-z0-9]{25,}", // Figma, Doppler, Render
    r"[MN][A-Za-z0-9]{23,}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,}",           // Discord
    r"eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}",     // JWT
    r"sk_[a-f0-9]{40,}",                                                     // ElevenLabs
    r"cfat_[A-Za-z0-9_-]{40,}|fly?[mo]?v?1?_[A-Za-z0-9_-]{40,}",             // Cloudflare, Fly
];

static BY_PREFIX: Pattern = LazyLock::new(|| {
    let source: Vec<String> = PREFIXED.iter().map(|source| format!("(?:{source})")).collect();
    pattern(&format!("(?-u){}", source.join("|")))
});

/// Words after which a random-looking token is a credential.
static KEY_WORDS: Pattern = LazyLock::new(|| {
    pattern(
        r"(?-u)api[ _-]?(?:key|token|secret)|apikey|(?:access|auth|refresh|bearer|session|bot|id|csrf|deploy|secret)[ _-]?token|access[ _-]?key|secret[ _-]?(?:access[ _-]?)?key|client[ _-]?secret|private[ _-]?key|encryption[ _-]?key|signing[ _-]?(?:key|secret)|webhook[ _-]?secret|account[ _-]?key|licen[cs]e[ _-]?key|authorization|bearer|credentials?|tokens?|secret|key",
    )
});

pub(super) fn detect(view: &View<'_>, found: &mut Vec<Finding>) {
    private_keys(view, found);
    by_prefix(view, found);
    beside_words(view, found);
}

fn by_prefix(view: &View<'_>, found: &mut Vec<Finding>) {
    for key in BY_PREFIX.find_iter(view.text) {
        let joined_before = view.char_before(key.start()).is_some_and(|c| c.is_alphanumeric() || c == '_');
        let joined_after = view.char_after(key.end()).is_some_and(char::is_alphanumeric);
        let trimmed = key.as_str().trim_end_matches(['-', '_', '.']);
        if !joined_before && !joined_after && is_varied(trimmed) {
            let span = key.start()..key.start() + trimmed.len();
            found.push(Finding::new(Kind::ApiKey, span, 0.97, "api_key.prefix"));
        }
    }
}

/// Not `sk-your-api-key-goes-here` and not `sk-xxxxxxxxxxxxxxxxxxxx`: letters and digits in one long piece, of many kinds.
fn is_varied(key: &str) -> bool {
    let longest = key.split(['-', '_', '.', '/', ':']).map(str::len).max().unwrap_or_default();
    let digit = key.bytes().any(|byte| byte.is_ascii_digit());
    let letter = key.bytes().any(|byte| byte.is_ascii_alphabetic());
    let mut kinds = [false; 128];
    for byte in key.bytes() {
        kinds[usize::from(byte & 127)] = true;
    }
    let kinds = kinds.iter().filter(|seen| **seen).count();
    longest >= 8 && letter && (digit || longest >= 20) && kinds >= 9
}

fn private_keys(view: &View<'_>, found: &mut Vec<Finding>) {
    let mut done = 0;
    for (start, begin) in view.text.match_indices("-----BEGIN ") {
        let header = &view.text[start + begin.len()..];
        let header = &header[..header.floor_char_boundary(64)];
        let is_private = header.find("-----").is_some_and(|end| header[..end].contains("PRIVATE KEY"));
        if start < done || !is_private {
            continue;
        }
        let window = &view.text[start..view.text.floor_char_boundary(start + PRIVATE_KEY_BYTES_MAX)];
        // Without an end marker the key was cut off: everything up to the next empty line is part of it.
        let len = window
            .find("-----END ")
            .and_then(|end| Some(end + 9 + window[end + 9..].find("-----")? + 5))
            .or_else(|| window.find("\n\n"))
            .unwrap_or(window.len());
        done = start + len;
        found.push(Finding::new(Kind::ApiKey, start..done, 0.99, "api_key.private_key"));
    }
}

fn beside_words(view: &View<'_>, found: &mut Vec<Finding>) {
    for word in KEY_WORDS.find_iter(&view.lower) {
        if is_inside_a_word(view, &word.range()) {
            continue;
        }
        let explicit =
            !matches!(word.as_str(), "key" | "token" | "tokens" | "secret" | "bearer" | "credential");
        let public = view.words_before(word.start()).next().is_some_and(is_harmless_key);
        if public && !explicit {
            continue;
        }
        let tokens = view.tokens_after(word.end(), 6);
        let key = tokens.into_iter().find_map(|token| random_part(view, token, explicit));
        if let Some(key) = key {
            found.push(Finding::new(Kind::ApiKey, key, 0.8, "api_key.entropy"));
        }
    }
}

/// "monkey" has a key, "AWS_SECRET_KEY" and "apiKey" are names of one.
fn is_inside_a_word(view: &View<'_>, word: &Range<usize>) -> bool {
    let camel = view.text[word.start..].starts_with(|c: char| c.is_ascii_uppercase())
        && view.char_before(word.start).is_some_and(char::is_lowercase);
    let joined_before = view.char_before(word.start).is_some_and(char::is_alphanumeric) && !camel;
    joined_before || view.char_after(word.end).is_some_and(char::is_alphanumeric)
}

fn is_harmless_key(word: &str) -> bool {
    matches!(
        word,
        "public"
            | "primary"
            | "foreign"
            | "cache"
            | "partition"
            | "sort"
            | "object"
            | "row"
            | "s3"
            | "idempotency"
            | "answer"
            | "git"
            | "commit"
            | "unique"
            | "composite"
            | "storage"
            | "shortcut"
    )
}

/// The part of a token that looks like it was drawn by lot, if there is one: `key=AbC…`, `"token":"AbC…"`.
fn random_part(view: &View<'_>, token: Range<usize>, explicit: bool) -> Option<Range<usize>> {
    let text = &view.text[token.clone()];
    let separators = ['=', ':', '"', '\'', '`', ',', ';', '(', ')', '<', '>'];
    let offset = text.rfind(separators).map_or(0, |at| at + 1);
    let value = &text[offset..];
    let long_enough = value.len() >= if explicit { 16 } else { 20 };
    (long_enough && is_random(value, explicit)).then(|| {
        // The padding of base64 belongs to it.
        let padding = view.text[token.end..].bytes().take_while(|byte| *byte == b'=').take(2).count();
        token.start + offset..token.end + padding
    })
}

fn is_random(value: &str, explicit: bool) -> bool {
    let allowed = |byte: u8| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'/' | b'+' | b'~' | b'$' | b'!')
    };
    if !value.bytes().all(allowed) || value.starts_with(['/', '.', '$']) || value.contains("//") {
        return false;
    }
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    let letters = value.bytes().filter(u8::is_ascii_alphabetic).count();
    let hex = value.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    // A UUID or a hash is a secret only where the words are plain: a "key" of a table looks the same.
    if hex && !explicit {
        return false;
    }
    // Words joined by hyphens have low entropy in each piece and hardly a digit.
    let upper = value.bytes().any(|byte| byte.is_ascii_uppercase());
    let mixed = upper && value.bytes().any(|byte| byte.is_ascii_lowercase());
    let numbered = digits >= 2 || (digits == 1 && mixed && value.len() >= 24);
    numbered && letters >= 2 && entropy_bits(value) >= 3.0 && !is_words(value)
}

/// `2024-01-report-final-version` is made of words and numbers, each piece of one kind.
fn is_words(value: &str) -> bool {
    let uniform = |piece: &str| {
        piece.bytes().all(|byte| byte.is_ascii_digit())
            || (piece.bytes().skip(1).all(|byte| byte.is_ascii_lowercase()))
            || piece.bytes().all(|byte| byte.is_ascii_uppercase())
    };
    value.split(['-', '_', '.', '/', '+']).all(uniform)
}

/// Shannon entropy of the characters, in bits a character.
fn entropy_bits(value: &str) -> f32 {
    let mut counts = [0u32; 256];
    for byte in value.bytes() {
        counts[usize::from(byte)] += 1;
    }
    let total = value.len() as f32;
    counts
        .iter()
        .filter(|count| **count > 0)
        .map(|count| {
            let share = *count as f32 / total;
            -share * share.log2()
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detectors::tests::{check, check_none};

    #[test]
    fn known_prefixes() {
        check(
            Kind::ApiKey,
            &[
                "«sk-proj-Ab3dEf6hIj9lMn2pQr5tUv8x»",
                "key «sk-ant-api03-Ab3dEf6hIj9lMn2pQr5tUv8xYz_1-aa».",
                "«sk_live_4eC39HqLyjWDarjtT1zdp7dc»",
                "«ghp_16C7e42F292c6912E7710c838347Ae178B4a»",
                "«github_pat_11ABCDEFG0abcdefghijkl_mnopqrstuvwxyz0123456789ABCD»",
                "«glpat-Xy12_abCDef34GHij56k»",
                "«xoxb-123456789012-1234567890123-AbCdEfGhIjKl»",
                "aws «AKIAIOSFODNN7EXAMPLE», ok",
                "«AIzaSyD-9tSrke72PouQMnMX-a7eZSW0jkFMBWY»",
                "«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»",
                "«hf_AbCdEfGhIjKlMnOpQrStUvWxYz0123456789»",
                "«eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U»",
                "«123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw1»",
                "«npm_abcdefghijklmnopqrstuvwxyz0123456789»",
                "«shpat_0123456789abcdef0123456789abcdef»",
                "(\"«gsk_abcdefghij0123456789ABCDEFGHIJ0123456789abcd»\")",
                "OPENAI_API_KEY=«sk-Ab3dEf6hIj9lMn2pQr5tUv8x»",
            ],
        );
    }

    #[test]
    fn private_keys() {
        check(
            Kind::ApiKey,
            &[
                "«-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA\n-----END RSA PRIVATE KEY-----» done",
                "«-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXkt\n-----END OPENSSH PRIVATE KEY-----»",
                "«-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg»\n\nthat was all",
            ],
        );
    }

    #[test]
    fn random_tokens_beside_words() {
        check(
            Kind::ApiKey,
            &[
                "my api key is «9f86d081884c7d659a2feaa0c55ad015»",
                "API_KEY=«Zx81kQp07LmN42vB»",
                "the token: «a8Kd72hQm1Zx09Lp3VbN»",
                "Authorization: Bearer «a8Kd72hQm1Zx09Lp3VbNq»",
                "AWS_SECRET_ACCESS_KEY=«wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY»",
                "{\"apiKey\": \"«Zx81kQp07LmN42vBtt»\"}",
                "client_secret='«Zx81kQp07LmN42vBtt»',",
                "api key: «550e8400-e29b-41d4-a716-446655440000»",
                "our secret for staging is «kQ9z7Lm2Xv8Tp4Rb6Wd1»",
                "clientSecret=«Zx81kQp07LmN42vBtt==»",
            ],
        );
    }

    #[test]
    fn false_friends() {
        check_none(
            Kind::ApiKey,
            &[
                "sk-learn-is-a-nice-python-library",
                "sk-xxxxxxxxxxxxxxxxxxxxxxxx",
                "sk-your-api-key-goes-here-please",
                "commit 3f2504e04f8911d39a0c0305e82c3301aabbccdd",
                "the key is under the doormat",
                "primary key 550e8400-e29b-41d4-a716-446655440000",
                "token count is 123456789012345678901234",
                "monkey 9f86d081884c7d659a2feaa0c55ad015",
                "api key: YOUR_API_KEY_GOES_HERE",
                "api_key = os.environ[\"OPENAI_API_KEY\"]",
                "api key is required for this-endpoint-of-the-server",
                "public key AAAAB3NzaC1yc2EAAAADAQABAAABAQ",
                "-----BEGIN PUBLIC KEY-----\nMIIBIjANBg\n-----END PUBLIC KEY-----",
                "the secret of https://example.com/a1b2c3d4e5f6a7b8c9d0",
                "key figures 2024-01-report-final-version-of-it",
                "task_ghp_short",
                "#ff00aa #a1b2c3",
                "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                "sk-50 and pk_1",
                "keyboard A1b2C3d4E5f6G7h8I9j0K",
            ],
        );
    }

    #[test]
    fn entropy_is_counted_in_bits_a_character() {
        assert!(entropy_bits("aaaa").abs() < 1e-6);
        assert!((entropy_bits("abab") - 1.0).abs() < 1e-6);
        assert!((entropy_bits("abcd") - 2.0).abs() < 1e-6);
    }
}
