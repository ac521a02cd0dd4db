//! Plots as SVG: no script, no file beside, readable in light and dark.

use std::fmt::Write as _;

/// The style of a page with plots.
pub const PAGE_STYLE: &str = "\
:root{color-scheme:light dark;--ink:#1d2733;--paper:#fff;--line:#d7dee6;--good:#1a7f4b;--bad:#b3261e}\
@media(prefers-color-scheme:dark){:root{--ink:#e4e9ef;--paper:#14191f;--line:#36424f;--good:#59c98c;--bad:#ff8a80}}\
body{font:15px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper);max-width:960px;margin:2rem auto;padding:0 1rem}\
h1{font-size:1.6rem}h2{margin-top:2.2rem}table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}\
td,th{border-bottom:1px solid var(--line);padding:.3rem .5rem;text-align:right}td:first-child,th:first-child{text-align:left}\
.good{color:var(--good)}.bad{color:var(--bad);font-weight:600}figure{margin:1.2rem 0}figcaption{font-weight:600;margin-bottom:.3rem}\
svg{width:100%;height:auto}svg text{font:12px system-ui,sans-serif;fill:var(--ink)}svg .label{text-anchor:end}\
.c0{fill:#3b7dd8}.c1{fill:#e0912f}.c2{fill:#4fa36a}.c3{fill:#a661c2}.c4{fill:#cf5a5a}.c5{fill:#4bb0b5}.c6{fill:#8d8d8d}\
.l0{stroke:#3b7dd8}.l1{stroke:#e0912f}.l2{stroke:#4fa36a}";

const WIDTH: f64 = 800.0;
const LABELS: f64 = 190.0;
const VALUES: f64 = 170.0;
const ROW: f64 = 26.0;

/// A bar of stacked parts.
pub struct Bar {
    pub label: String,
    /// Lengths, in the plot's unit.
    pub parts: Vec<f64>,
    /// What is written at the bar's end.
    pub value: String,
}

/// Horizontal bars on one scale. `parts` names what bars are stacked of.
pub fn bars(title: &str, parts: &[&str], bars: &[Bar]) -> String {
    let longest = bars.iter().map(|bar| bar.parts.iter().sum::<f64>()).fold(f64::MIN_POSITIVE, f64::max);
    let scale = (WIDTH - LABELS - VALUES) / longest;
    let legend = if parts.len() > 1 { ROW } else { 0.0 };
    let height = legend + bars.len() as f64 * ROW + 8.0;
    let mut svg = format!(
        "<figure><figcaption>{}</figcaption><svg viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" aria-label=\"{}\">",
        escaped(title),
        escaped(title)
    );
    if parts.len() > 1 {
        for (number, part) in parts.iter().enumerate() {
            let x = LABELS + number as f64 * 150.0;
            let _ = write!(
                svg,
                "<rect class=\"c{number}\" x=\"{x}\" y=\"6\" width=\"12\" height=\"12\"/><text x=\"{}\" y=\"16\">{}</text>",
                x + 18.0,
                escaped(part)
            );
        }
    }
    for (row, bar) in bars.iter().enumerate() {
        let y = legend + row as f64 * ROW;
        let _ = write!(
            svg,
            "<text class=\"label\" x=\"{}\" y=\"{}\">{}</text>",
            LABELS - 8.0,
            y + 17.0,
            escaped(&bar.label)
        );
        let mut x = LABELS;
        for (number, part) in bar.parts.iter().enumerate() {
            let width = (part * scale).max(0.0);
            let _ = write!(
                svg,
                "<rect class=\"c{number}\" x=\"{x:.1}\" y=\"{}\" width=\"{width:.1}\" height=\"{}\"/>",
                y + 4.0,
                ROW - 8.0
            );
            x += width;
        }
        let _ = write!(svg, "<text x=\"{:.1}\" y=\"{}\">{}</text>", x + 6.0, y + 17.0, escaped(&bar.value));
    }
    svg + "</svg></figure>"
}

/// A line through points whose places are given as shares of the width, from 0 to 1.
pub struct Line {
    pub label: String,
    pub points: Vec<(f64, f64)>,
}

const LINES_HEIGHT: f64 = 180.0;
/// Room for the scale.
const MARGIN: f64 = 120.0;

/// Lines on one scale, from `left` to `right`.
pub fn lines(title: &str, unit: &str, (left, right): (&str, &str), lines: &[Line]) -> String {
    let values = lines.iter().flat_map(|line| line.points.iter().map(|(_, value)| *value));
    let highest = values.fold(f64::MIN_POSITIVE, f64::max);
    let (low, top) = (LINES_HEIGHT - 24.0, 30.0);
    let place = |(x, value): &(f64, f64)| {
        format!("{:.1},{:.1}", MARGIN + x * (WIDTH - MARGIN), low - value / highest * (low - top))
    };
    let mut svg = format!(
        "<figure><figcaption>{}</figcaption><svg viewBox=\"0 0 {WIDTH} {LINES_HEIGHT}\" role=\"img\" aria-label=\"{}\">",
        escaped(title),
        escaped(title)
    );
    let _ = write!(
        svg,
        "<text x=\"0\" y=\"{top}\">{highest:.1} {}</text><text x=\"0\" y=\"{low}\">0</text>\
         <text x=\"{MARGIN}\" y=\"{LINES_HEIGHT}\">{}</text>\
         <text class=\"label\" x=\"{WIDTH}\" y=\"{LINES_HEIGHT}\">{}</text>",
        escaped(unit),
        escaped(left),
        escaped(right)
    );
    for (number, line) in lines.iter().enumerate() {
        let points: Vec<String> = line.points.iter().map(place).collect();
        let x = MARGIN + number as f64 * 150.0;
        let _ = write!(
            svg,
            "<polyline class=\"l{number}\" fill=\"none\" stroke-width=\"1.5\" points=\"{}\"/>\
             <rect class=\"c{number}\" x=\"{x}\" y=\"2\" width=\"12\" height=\"12\"/>\
             <text x=\"{}\" y=\"12\">{}</text>",
            points.join(" "),
            x + 18.0,
            escaped(&line.label)
        );
    }
    svg + "</svg></figure>"
}

pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_share_a_scale_and_nothing_is_markup() {
        let bar =
            |label: &str, parts: &[f64]| Bar { label: label.into(), parts: parts.into(), value: "v".into() };
        let svg = bars("a < b", &["one"], &[bar("<script>", &[10.0]), bar("half", &[5.0])]);
        assert!(svg.contains("a &lt; b") && svg.contains("&lt;script&gt;") && !svg.contains("<script>"));
        assert!(svg.contains("width=\"440.0\"") && svg.contains("width=\"220.0\""), "{svg}");
    }
}
