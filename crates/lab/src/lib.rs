//! Measurements: how good the product is, on data that it was not made from, and how fast.

mod adam; // gradient descent
pub mod bench; // how long does a turn take, and what does each optimisation give?
pub mod memory; // does the memory hold what was said, and nothing else?
pub mod plot; // plots as SVG
pub mod privacy; // is what is sensitive found, and nothing else?
pub mod retrieval; // does a search find what answers the question?
