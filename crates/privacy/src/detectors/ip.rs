//! IP addresses. Those that name no particular machine (unspecified, loopback, broadcast) are a kind of their own; netmasks are
//! none.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::ops::Range;

use super::Finding;
use crate::Kind;
use crate::context::View;

/// The longest text of an IPv6 address, with an IPv4 address in it.
const IPV6_BYTES_MAX: usize = 45;

pub(super) fn detect(view: &View<'_>, found: &mut Vec<Finding>) {
    v4(view, found);
    v6(view, found);
}

fn v4(view: &View<'_>, found: &mut Vec<Finding>) {
    for groups in view.digits.windows(4) {
        if !groups.windows(2).all(|pair| view.between(&pair[0], &pair[1]) == ".") {
            continue;
        }
        let span = groups[0].start..groups[3].end;
        // Also refuses leading zeros, which dates have.
        let Ok(address) = view.text[span.clone()].parse::<Ipv4Addr>() else { continue };
        if is_part_of_a_name(view, span.start, span.end) {
            continue;
        }
        let octets = address.octets();
        let anybody = address.is_unspecified() || address.is_loopback() || address.is_broadcast();
        let netmask = !anybody && matches!(octets[0], 0 | 255);
        let told = told_by_words(view, span.start);
        // 1.2.3.4 is as often a version or a chapter.
        let small = !anybody && octets.iter().all(|octet| *octet < 10);
        if netmask || told == Some(false) || (small && told.is_none()) {
            continue;
        }
        let kind = if anybody { Kind::LocalIp } else { Kind::Ip };
        found.push(Finding::new(kind, span.start..with_prefix(view, span.clone()), 0.9, "ip.v4"));
    }
}

/// `v1.2.3.4`, `Chrome/120.0.0.0`, `1.2.3.4-beta`, `1.2.3.4.tar.gz`, `==1.2.3.4`, `1.2.3.4.5`.
fn is_part_of_a_name(view: &View<'_>, start: usize, end: usize) -> bool {
    let mut before = view.text[..start].chars().rev();
    let (near, far) = (before.next(), before.next());
    let begins = match near {
        Some(c) if c.is_alphanumeric() || c == '_' => false,
        Some('^' | '~' | '>' | '<') => false,
        Some('=') => !matches!(far, Some('=' | '>' | '<' | '~')),
        Some('.') => !far.is_some_and(char::is_alphanumeric),
        Some('-' | '/') => !far.is_some_and(char::is_alphabetic),
        _ => true,
    };
    let mut after = view.text[end..].chars();
    let (near, far) = (after.next(), after.next());
    let ends = match near {
        Some(c) if c.is_alphanumeric() || c == '_' => false,
        Some('.') => !far.is_some_and(|c| c.is_ascii_digit() || c.is_lowercase()),
        Some('-') => !far.is_some_and(char::is_alphabetic),
        _ => true,
    };
    !(begins && ends)
}

/// Whether the nearest telling word says that it is an address, or that it is something else with three dots.
fn told_by_words(view: &View<'_>, at: usize) -> Option<bool> {
    view.words_before(at).take(4).find_map(|word| match word {
        "ip" | "ips" | "ipv4" | "ipv6" | "address" | "addresses" | "host" | "server" | "ping" | "ssh"
        | "gateway" | "dns" | "nameserver" | "subnet" | "router" | "http" | "https" | "ftp" | "proxy"
        | "vpn" | "client" | "firewall" | "unspecified" | "loopback" => Some(true),
        "version" | "versions" | "ver" | "v" | "rv" | "release" | "released" | "firmware" | "build"
        | "update" | "upgrade" | "upgraded" | "sdk" | "driver" | "chapter" | "section" | "figure" | "oid"
        | "npm" | "pip" | "package" | "library" | "kernel" => Some(false),
        _ => None,
    })
}

fn v6(view: &View<'_>, found: &mut Vec<Finding>) {
    let bytes = view.text.as_bytes();
    let mut done = 0;
    for (colon, _) in view.text.match_indices(':') {
        if colon < done {
            continue;
        }
        let run_start = (done..colon).rev().take_while(|at| is_v6(bytes[*at])).last().unwrap_or(colon);
        let run_end = (colon..bytes.len()).find(|at| !is_v6(bytes[*at])).unwrap_or(bytes.len());
        done = run_end;
        let Some((start, end)) = address_in(&view.text[run_start..run_end]) else { continue };
        let (start, end) = (run_start + start, run_start + end);
        if !view.stands_alone(start, end) {
            continue;
        }
        if let Some(kind) = kind_of(view, start, end) {
            let end = with_prefix(view, start..with_zone(view, end));
            found.push(Finding::new(kind, start..end, 0.9, "ip.v6"));
        }
    }
}

fn is_v6(byte: u8) -> bool {
    byte.is_ascii_hexdigit() || matches!(byte, b':' | b'.')
}

/// The run without the punctuation of the sentence around it, if that is an address.
fn address_in(run: &str) -> Option<(usize, usize)> {
    if run.len() > IPV6_BYTES_MAX + 4 {
        return None;
    }
    let start = usize::from(run.starts_with(':') && !run.starts_with("::"));
    let mut end = run.trim_end_matches('.').len();
    if run[..end].ends_with(':') && !run[..end].ends_with("::") {
        end -= 1;
    }
    run.get(start..end)?.parse::<Ipv6Addr>().ok().map(|_| (start, end))
}

/// `::` and `::1` name no particular machine; the first is as often code, unless what stands beside it is a prefix length, `=`, or
/// nothing at all.
/// `Face::add` and `1::2` are code or ratios, unless the words say otherwise.
fn kind_of(view: &View<'_>, start: usize, end: usize) -> Option<Kind> {
    let text = &view.text[start..end];
    let told = told_by_words(view, start) == Some(true);
    match text.parse::<Ipv6Addr>() {
        // `xs[::1]`
        Ok(address) if address.is_loopback() => {
            let before = view.text[..start].strip_suffix('[');
            let sliced = before.is_some_and(|before| before.ends_with(crate::context::is_word));
            (!sliced).then_some(Kind::LocalIp)
        }
        Ok(address) if address.is_unspecified() => {
            let alone = view.text.trim().len() == text.len() || view.text[..start].ends_with('=');
            let prefix = with_prefix(view, start..end) > end;
            // `host :: String`
            let told = told && !view.text[end..].trim_start_matches(' ').starts_with(char::is_alphabetic);
            (told || alone || prefix).then_some(Kind::LocalIp)
        }
        _ => {
            let hex = text.bytes().filter(u8::is_ascii_hexdigit).count();
            let digits = text.bytes().any(|byte| byte.is_ascii_digit());
            (told || (hex >= 4 && digits)).then_some(Kind::Ip)
        }
    }
}

/// `192.168.1.0/24`, not the path in `http://192.168.1.7/24`.
fn with_prefix(view: &View<'_>, address: Range<usize>) -> usize {
    let Some(rest) = view.text[address.end..].strip_prefix('/') else { return address.end };
    let bits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let behind = &rest[bits..];
    let whole = !behind.starts_with(|c: char| c.is_alphanumeric() || c == '/')
        && !behind.strip_prefix('.').is_some_and(|behind| behind.starts_with(|c: char| c.is_ascii_digit()));
    let in_a_url = view.text[..address.start].ends_with(['/', '[', '@']);
    if (1..=3).contains(&bits) && whole && !in_a_url { address.end + 1 + bits } else { address.end }
}

/// `fe80::1%eth0`
fn with_zone(view: &View<'_>, end: usize) -> usize {
    let Some(zone) = view.text[end..].strip_prefix('%') else { return end };
    let zone = zone.bytes().take_while(u8::is_ascii_alphanumeric).take(16).count();
    if zone == 0 { end } else { end + 1 + zone }
}

#[cfg(test)]
mod tests {
    use crate::Kind;
    use crate::detectors::tests::{check, check_none};

    #[test]
    fn addresses_that_name_no_machine() {
        check(
            Kind::LocalIp,
            &[
                "«127.0.0.1»:8080 and «0.0.0.0» and «255.255.255.255»",
                "listen on [«::1»]:80",
                "bind to address «::»",
                "allow «::/0»",
                "src=«::» dst=«::1»",
            ],
        );
        check_none(
            Kind::LocalIp,
            &[
                "netmask 255.255.255.0",
                "std::vec and a :: b",
                "10.0.0.1",
                "x[::2], x[::], xs[::1]",
                "host :: String",
            ],
        );
    }

    #[test]
    fn addresses() {
        check(
            Kind::Ip,
            &[
                "«192.168.1.7»",
                "the server is «10.0.0.12», reboot it.",
                "http://«203.0.113.9»:8080/path",
                "«192.168.1.0/24»",
                "«10.0.0.1»/«10.0.0.2»",
                "http://«192.168.1.7»/24",
                "(«8.8.4.40»)",
                "ip=«86.231.85.193»",
                "«10.0.0.1»-«10.0.0.255»",
                "ping «1.2.3.4»",
                "IP: «192.168.1.1».",
                "«2001:db8::8a2e:370:7334»",
                "«2001:db8::1», «fe80::1»!",
                "«fe80::1%eth0»",
                "[«2001:db8::1»]:8080",
                "«4f8a:c99e:dc86:faf9:5988:5f63:375e:8a2a»",
                "«::ffff:192.0.2.1»",
                "«2001:db8:0:0:0:0:192.168.1.1».",
                "addr:«fe80::1»",
                "user@«2001:db8::1»",
                "«A099::09C0:876A:130B»",
                "«192.168.2.1»@eth0",
                "«１９２．１６８．１．７»",
                "root@«10.1.2.3»:~$",
            ],
        );
    }

    #[test]
    fn false_friends() {
        check_none(
            Kind::Ip,
            &[
                "version 10.4.12.30",
                "v10.4.12.30",
                "Chrome/120.0.0.0 Safari/537.36",
                "requests==12.31.0.4",
                "1.2.3.4",
                "1.2.3.4.5",
                "10.4.12.30-beta",
                "app-10.4.12.30.tar.gz",
                "256.256.256.256",
                "192.168.1",
                "192.168.1.256",
                "01.02.03.04",
                "127.0.0.1 and 0.0.0.0 and 255.255.255.0",
                "::1 and ::",
                "use std::collections::HashMap, std::: and a[::2]",
                "12:30:45",
                "ratio 1:2:3:4",
                "std::vector<int>",
                "Face::add",
                "1::2",
                "00:1a:2b:3c:4d:5e",
                "abc:def:ghi",
                ":::",
                "2001::db8::1",
                "12345:db8::1",
                "chapter 12.10.11.12",
                "text192.168.1.7",
                "192.168.1.7x",
                "a:b c::d",
                "http://x:80",
                "date 2024:01:02 10:20:30",
            ],
        );
    }
}
