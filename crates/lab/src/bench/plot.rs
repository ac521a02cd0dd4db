//! Plots as SVG: no script, no file beside, readable in light and dark.

use std::fmt::Write as _;

const WIDTH: f64 = 720.0;
const LABELS: f64 = 190.0;
const VALUES: f64 = 90.0;
const ROW: f64 = 26.0;

/// A bar of stacked parts.
pub(super) struct Bar {
    pub(super) label: String,
    /// Lengths, in the plot's unit.
    pub(super) parts: Vec<f64>,
    /// What is written at the bar's end.
    pub(super) value: String,
}

/// Horizontal bars on one scale. `parts` names what bars are stacked of.
pub(super) fn bars(title: &str, parts: &[&str], bars: &[Bar]) -> String {
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

pub(super) fn escaped(text: &str) -> String {
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
