//! Histograms and counters over the last minute, five minutes, hour and day: in RAM, a few kilobytes a series.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Instant;

use serde::Serialize;
use utoipa::ToSchema;

/// Slots of ten seconds for the last five minutes, of one minute for the hour, of ten minutes for the day.
const SLOTS: [(u64, usize); 3] = [(10, 30), (60, 60), (600, 144)];
/// Steps of a factor of two: values in one bin differ by at most 9 %.
const BINS_PER_OCTAVE: f64 = 8.0;
/// Below a microsecond, durations are the same.
const UNIT_S: f64 = 1e-6;

/// Over which figures are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Window {
    Minute,
    FiveMinutes,
    Hour,
    Day,
}

impl Window {
    pub const ALL: [Self; 4] = [Self::Minute, Self::FiveMinutes, Self::Hour, Self::Day];

    pub fn name(self) -> &'static str {
        match self {
            Self::Minute => "1m",
            Self::FiveMinutes => "5m",
            Self::Hour => "1h",
            Self::Day => "24h",
        }
    }

    fn seconds(self) -> u64 {
        match self {
            Self::Minute => 60,
            Self::FiveMinutes => 300,
            Self::Hour => 3_600,
            Self::Day => 86_400,
        }
    }

    /// Which slots tell of it.
    fn resolution(self) -> usize {
        match self {
            Self::Minute | Self::FiveMinutes => 0,
            Self::Hour => 1,
            Self::Day => 2,
        }
    }
}

/// What happened in a window. Milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct Figures {
    pub count: u64,
    pub mean: f64,
    pub min: f64,
    pub max: f64,
    pub p50: f64,
    pub p95: f64,
    pub p99: f64,
}

/// A series' name and labels.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SeriesName {
    pub name: String,
    pub labels: BTreeMap<String, String>,
}

impl SeriesName {
    pub fn label(&self, name: &str) -> &str {
        self.labels.get(name).map_or("", String::as_str)
    }
}

/// All series of this process.
#[derive(Debug)]
pub struct Windows {
    started: Instant,
    series: RwLock<BTreeMap<SeriesName, Arc<Series>>>,
}

#[derive(Debug, Default)]
pub struct Series {
    slots: Mutex<[VecDeque<Slot>; 3]>,
}

#[derive(Clone, Debug, Default)]
struct Slot {
    /// Number of the slot since the start.
    number: u64,
    count: u64,
    sum: f64,
    min: f64,
    max: f64,
    /// Bin and how many, by bin.
    bins: Vec<(i16, u32)>,
}

impl Default for Windows {
    fn default() -> Self {
        Self { started: Instant::now(), series: RwLock::default() }
    }
}

impl Windows {
    /// Seconds since the start.
    pub fn now_s(&self) -> u64 {
        self.started.elapsed().as_secs()
    }

    /// A series, made if need be.
    pub fn series(&self, name: &SeriesName) -> Arc<Series> {
        if let Some(series) = self.series.read().unwrap_or_else(PoisonError::into_inner).get(name) {
            return series.clone();
        }
        self.series.write().unwrap_or_else(PoisonError::into_inner).entry(name.clone()).or_default().clone()
    }

    /// The series of a name, by their labels.
    pub fn find(&self, name: &str) -> Vec<(SeriesName, Arc<Series>)> {
        let series = self.series.read().unwrap_or_else(PoisonError::into_inner);
        let first = SeriesName { name: name.to_owned(), labels: BTreeMap::new() };
        let of_name = series.range(first..).take_while(|(found, _)| found.name == name);
        of_name.map(|(name, series)| (name.clone(), series.clone())).collect()
    }

    /// What a histogram's series with these labels recorded, all together.
    pub fn figures(&self, name: &str, window: Window, wanted: impl Fn(&SeriesName) -> bool) -> Figures {
        let now_s = self.now_s();
        let mut all = Slot::default();
        for (name, series) in self.find(name) {
            if wanted(&name) {
                series.merge_into(&mut all, window, now_s);
            }
        }
        all.figures()
    }

    /// How much a counter's series with these labels rose.
    pub fn sum(&self, name: &str, window: Window, wanted: impl Fn(&SeriesName) -> bool) -> f64 {
        let now_s = self.now_s();
        let of_series = self.find(name).into_iter().filter(|(name, _)| wanted(name));
        of_series.map(|(_, series)| series.sum(window, now_s)).sum()
    }
}

impl Series {
    /// Notes a value at a time.
    pub fn record(&self, value: f64, now_s: u64) {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        for (slots, (seconds, kept)) in slots.iter_mut().zip(SLOTS) {
            let number = now_s / seconds;
            if slots.back().is_none_or(|slot| slot.number != number) {
                slots.push_back(Slot { number, min: f64::INFINITY, ..Slot::default() });
                // One more than the window needs: the newest is not full yet.
                while slots.len() > kept + 1 {
                    slots.pop_front();
                }
            }
            if let Some(slot) = slots.back_mut() {
                slot.record(value);
            }
        }
    }

    pub fn figures(&self, window: Window, now_s: u64) -> Figures {
        let mut all = Slot::default();
        self.merge_into(&mut all, window, now_s);
        all.figures()
    }

    pub fn sum(&self, window: Window, now_s: u64) -> f64 {
        let mut all = Slot::default();
        self.merge_into(&mut all, window, now_s);
        all.sum
    }

    fn merge_into(&self, all: &mut Slot, window: Window, now_s: u64) {
        let resolution = window.resolution();
        let (seconds, _) = SLOTS[resolution];
        let first = now_s.saturating_sub(window.seconds()) / seconds;
        let slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        for slot in slots[resolution].iter().filter(|slot| slot.number >= first) {
            all.merge(slot);
        }
    }
}

impl Slot {
    fn record(&mut self, value: f64) {
        self.count += 1;
        self.sum += value;
        self.min = self.min.min(value);
        self.max = self.max.max(value);
        self.add(bin_of(value), 1);
    }

    fn add(&mut self, bin: i16, count: u32) {
        match self.bins.binary_search_by_key(&bin, |(bin, _)| *bin) {
            Ok(at) => self.bins[at].1 = self.bins[at].1.saturating_add(count),
            Err(at) => self.bins.insert(at, (bin, count)),
        }
    }

    fn merge(&mut self, other: &Self) {
        self.min = if self.count == 0 { other.min } else { self.min.min(other.min) };
        self.max = if self.count == 0 { other.max } else { self.max.max(other.max) };
        self.count += other.count;
        self.sum += other.sum;
        for (bin, count) in &other.bins {
            self.add(*bin, *count);
        }
    }

    fn figures(&self) -> Figures {
        if self.count == 0 {
            return Figures::default();
        }
        let percentile = |share: f64| {
            let rank = (share * self.count as f64).ceil() as u64;
            let mut seen = 0;
            let bin = self.bins.iter().find(|(_, count)| {
                seen += u64::from(*count);
                seen >= rank
            });
            bin.map_or(self.max, |(bin, _)| value_of(*bin)).clamp(self.min, self.max)
        };
        let ms = |seconds: f64| seconds * 1_000.0;
        Figures {
            count: self.count,
            mean: ms(self.sum / self.count as f64),
            min: ms(self.min),
            max: ms(self.max),
            p50: ms(percentile(0.5)),
            p95: ms(percentile(0.95)),
            p99: ms(percentile(0.99)),
        }
    }
}

fn bin_of(seconds: f64) -> i16 {
    ((seconds.max(UNIT_S) / UNIT_S).log2() * BINS_PER_OCTAVE) as i16
}

/// The middle of a bin.
fn value_of(bin: i16) -> f64 {
    UNIT_S * ((f64::from(bin) + 0.5) / BINS_PER_OCTAVE).exp2()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_right_within_a_bin() {
        let series = Series::default();
        (1..=1_000).for_each(|n| series.record(f64::from(n) / 1_000.0, 5));
        let figures = series.figures(Window::Minute, 30);
        let near = |value: f64, wanted: f64| (value / wanted - 1.0).abs() < 0.09;
        assert!(
            near(figures.p50, 500.0) && near(figures.p95, 950.0) && near(figures.p99, 990.0),
            "{figures:?}"
        );
        assert_eq!((figures.count, figures.min, figures.max), (1_000, 1.0, 1_000.0));
        assert!(near(figures.mean, 500.5));
    }

    #[test]
    fn each_window_forgets_in_its_own_time() {
        let series = Series::default();
        series.record(1.0, 0);
        let counts = |now_s| Window::ALL.map(|window| series.figures(window, now_s).count);
        assert_eq!(counts(30), [1, 1, 1, 1]);
        assert_eq!(counts(90), [0, 1, 1, 1]);
        assert_eq!(counts(400), [0, 0, 1, 1]);
        assert_eq!(counts(4_000), [0, 0, 0, 1]);
        assert_eq!(counts(90_000), [0, 0, 0, 0]);
    }

    #[test]
    fn a_series_holds_a_day_at_most() {
        let series = Series::default();
        (0..200_000).step_by(5).for_each(|now_s| series.record(0.01, now_s));
        let slots = series.slots.lock().unwrap();
        assert_eq!(slots.each_ref().map(VecDeque::len), [31, 61, 145]);
    }
}
