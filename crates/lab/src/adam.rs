//! Gradient descent by Adam: Kingma and Ba, 2015.

pub(crate) struct Adam {
    pub(crate) weights: Vec<f64>,
    first: Vec<f64>,
    second: Vec<f64>,
    steps: i32,
}

impl Adam {
    pub(crate) fn new(width: usize) -> Self {
        Self { weights: vec![0.0; width], first: vec![0.0; width], second: vec![0.0; width], steps: 0 }
    }

    pub(crate) fn step(&mut self, gradient: &[f64], rate: f64) {
        self.steps += 1;
        let (decay_1, decay_2) = (0.9_f64, 0.999_f64);
        for (at, slope) in gradient.iter().enumerate() {
            self.first[at] = decay_1 * self.first[at] + (1.0 - decay_1) * slope;
            self.second[at] = decay_2 * self.second[at] + (1.0 - decay_2) * slope * slope;
            let first = self.first[at] / (1.0 - decay_1.powi(self.steps));
            let second = self.second[at] / (1.0 - decay_2.powi(self.steps));
            self.weights[at] -= rate * first / (second.sqrt() + 1e-8);
        }
    }
}
