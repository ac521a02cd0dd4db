//! Evaluations: how good the product is, measured on data that it was not made from.

pub mod memory; // does the memory hold what was said, and nothing else?
pub mod privacy; // is what is sensitive found, and nothing else?
pub mod retrieval; // does a search find what answers the question?
