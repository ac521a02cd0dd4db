//! Where metrics go: to Prometheus, which keeps totals, and to the windows, which keep what was lately.

use std::sync::Arc;

use metrics::{
    Counter, CounterFn, Gauge, Histogram, HistogramFn, Key, KeyName, Metadata, Recorder, SharedString, Unit,
};
use metrics_exporter_prometheus::PrometheusRecorder;

use super::windows::{Series, SeriesName, Windows};

pub(super) struct BothRecorder {
    pub(super) prometheus: PrometheusRecorder,
    pub(super) windows: Arc<Windows>,
}

impl BothRecorder {
    fn series(&self, key: &Key) -> Both<()> {
        let labels = key.labels().map(|label| (label.key().to_owned(), label.value().to_owned())).collect();
        let name = SeriesName { name: key.name().to_owned(), labels };
        Both { prometheus: (), series: self.windows.series(&name), windows: self.windows.clone() }
    }
}

impl Recorder for BothRecorder {
    fn describe_counter(&self, key: KeyName, unit: Option<Unit>, description: SharedString) {
        self.prometheus.describe_counter(key, unit, description);
    }

    fn describe_gauge(&self, key: KeyName, unit: Option<Unit>, description: SharedString) {
        self.prometheus.describe_gauge(key, unit, description);
    }

    fn describe_histogram(&self, key: KeyName, unit: Option<Unit>, description: SharedString) {
        self.prometheus.describe_histogram(key, unit, description);
    }

    fn register_counter(&self, key: &Key, metadata: &Metadata<'_>) -> Counter {
        let prometheus = self.prometheus.register_counter(key, metadata);
        Counter::from_arc(Arc::new(self.series(key).with(prometheus)))
    }

    fn register_gauge(&self, key: &Key, metadata: &Metadata<'_>) -> Gauge {
        self.prometheus.register_gauge(key, metadata)
    }

    fn register_histogram(&self, key: &Key, metadata: &Metadata<'_>) -> Histogram {
        let prometheus = self.prometheus.register_histogram(key, metadata);
        Histogram::from_arc(Arc::new(self.series(key).with(prometheus)))
    }
}

struct Both<T> {
    prometheus: T,
    series: Arc<Series>,
    windows: Arc<Windows>,
}

impl Both<()> {
    fn with<T>(self, prometheus: T) -> Both<T> {
        Both { prometheus, series: self.series, windows: self.windows }
    }
}

impl CounterFn for Both<Counter> {
    fn increment(&self, value: u64) {
        self.prometheus.increment(value);
        self.series.record(value as f64, self.windows.now_s());
    }

    fn absolute(&self, value: u64) {
        self.prometheus.absolute(value);
    }
}

impl HistogramFn for Both<Histogram> {
    fn record(&self, value: f64) {
        self.prometheus.record(value);
        self.series.record(value, self.windows.now_s());
    }
}
