//! A value that breaks a rule: which field, and what would be right.

/// `field` is the name the caller used; `reason` completes the sentence "`field` …".
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field} {reason}")]
pub struct Invalid {
    pub field: String,
    pub reason: String,
}

impl Invalid {
    pub fn new(field: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { field: field.into(), reason: reason.into() }
    }
}

/// `text` without surrounding white space, if it has between 1 and `chars_max` characters.
pub fn required_text(field: &str, text: &str, chars_max: usize) -> Result<String, Invalid> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Invalid::new(field, "must not be empty"));
    }
    bounded(field, text, chars_max)?;
    Ok(text.to_owned())
}

/// `text` without surrounding white space, if it has at most `chars_max` characters.
pub fn optional_text(field: &str, text: Option<&str>, chars_max: usize) -> Result<String, Invalid> {
    let text = text.unwrap_or_default().trim();
    bounded(field, text, chars_max)?;
    Ok(text.to_owned())
}

fn bounded(field: &str, text: &str, chars_max: usize) -> Result<(), Invalid> {
    let chars = text.chars().count();
    if chars > chars_max {
        return Err(Invalid::new(field, format!("has {chars} characters; at most {chars_max} are allowed")));
    }
    Ok(())
}
