//! From messages to tokens, by the chat template in the model's own file.
//!
//! Only the template's markup is read for special tokens. The messages between are plain text, so that an `<|im_end|>`
//! in one of them is ten characters and not the end of the user's turn.

use domain::message::Role;
use llama_cpp_2::model::{LlamaChatMessage, LlamaChatTemplate, LlamaModel};
use llama_cpp_2::token::LlamaToken;

use super::fit::{Part, fit};
use crate::ModelError;
use crate::chat::ChatMessage;

/// What the model is told if the request does not say. With no system message at all, SmolLM2 introduces itself.
const SYSTEM_MESSAGE: &str = "You are a helpful assistant.";
/// Stands for a message's content while the template is rendered. No template has this character.
const CONTENT: char = '\u{1}';
/// Bytes of text for each token of context that are worth looking at: more will not fit anyway.
const BYTES_PER_TOKEN_MAX: usize = 64;
/// Qwen3 thinks before it answers unless its turn starts like this; its own template writes it when asked not to.
const NO_THOUGHTS: &str = "<think>\n\n</think>\n\n";

pub(super) struct Template<'model> {
    model: &'model LlamaModel,
    template: LlamaChatTemplate,
    thinks: bool,
}

impl<'model> Template<'model> {
    /// Fails with `Unusable` if llama.cpp does not know the model's template.
    pub(super) fn of(model: &'model LlamaModel) -> Result<Self, ModelError> {
        let own = model.chat_template(None).or_else(|_| LlamaChatTemplate::new("chatml").map_err(|_| ()));
        let template = own.map_err(|()| unknown())?;
        let thinks = template.to_str().is_ok_and(|text| text.contains("enable_thinking"));
        let this = Self { model, template, thinks };
        this.markup(&[Role::System, Role::User, Role::Assistant, Role::User], true)?;
        Ok(this)
    }

    /// The tokens of a conversation up to where the answer begins, at most `prompt_max` of them.
    pub(super) fn prompt(&self, messages: &[ChatMessage], prompt_max: usize) -> Result<Vec<LlamaToken>, ModelError> {
        let mut parts = self.parts(messages, prompt_max);
        fit(&mut parts, prompt_max, |parts| {
            let markup = self.markup(&roles(parts), true)?;
            Ok::<_, ModelError>(markup.iter().map(Vec::len).sum())
        })?;
        self.join(&parts, true)
    }

    /// The tokens that every conversation begins with that begins with these messages.
    pub(super) fn prefix(&self, messages: &[ChatMessage]) -> Result<Vec<LlamaToken>, ModelError> {
        self.join(&self.parts(messages, usize::MAX / BYTES_PER_TOKEN_MAX), false)
    }

    fn parts(&self, messages: &[ChatMessage], prompt_max: usize) -> Vec<Part<LlamaToken>> {
        let mut parts = Vec::with_capacity(messages.len() + 1);
        if messages.iter().all(|message| message.role != Role::System) {
            parts.push(Part { role: Role::System, tokens: self.plain(SYSTEM_MESSAGE) });
        }
        parts.extend(messages.iter().map(|message| {
            // White space at the edges says nothing, and would melt into the markup's tokens.
            let content = message.content.trim();
            let bytes_max = prompt_max * BYTES_PER_TOKEN_MAX;
            let content = match message.role {
                Role::System => head(content, bytes_max),
                Role::User | Role::Assistant => tail(content, bytes_max),
            };
            Part { role: message.role, tokens: self.plain(content) }
        }));
        parts
    }

    fn join(&self, parts: &[Part<LlamaToken>], open_answer: bool) -> Result<Vec<LlamaToken>, ModelError> {
        let vocabulary = self.model.vocab();
        let markup = self.markup(&roles(parts), open_answer)?;
        let mut tokens = Vec::new();
        // Templates known to llama.cpp leave this token out where a model wants it.
        if vocabulary.should_add_bos() {
            tokens.push(vocabulary.bos());
        }
        for (index, between) in markup.iter().enumerate() {
            tokens.extend_from_slice(between);
            tokens.extend(parts.get(index).into_iter().flat_map(|part| &part.tokens));
        }
        Ok(tokens)
    }

    /// The template's own tokens: before the first message, between two, and after the last.
    fn markup(&self, roles: &[Role], open_answer: bool) -> Result<Vec<Vec<LlamaToken>>, ModelError> {
        let messages: Result<Vec<_>, _> = roles
            .iter()
            .map(|role| LlamaChatMessage::new(role.as_str().to_owned(), CONTENT.to_string()))
            .collect();
        let messages = messages.map_err(|_| unknown())?;
        let mut rendered =
            self.model.apply_chat_template(&self.template, &messages, open_answer).map_err(|_| unknown())?;
        if open_answer && self.thinks {
            rendered.push_str(NO_THOUGHTS);
        }
        let vocabulary = self.model.vocab();
        let markup: Vec<_> =
            rendered.split(CONTENT).map(|markup| vocabulary.tokenize(markup.as_bytes(), false, true)).collect();
        if markup.len() == roles.len() + 1 { Ok(markup) } else { Err(unknown()) }
    }

    fn plain(&self, text: &str) -> Vec<LlamaToken> {
        self.model.vocab().tokenize(text.as_bytes(), false, false)
    }
}

fn roles(parts: &[Part<LlamaToken>]) -> Vec<Role> {
    parts.iter().map(|part| part.role).collect()
}

/// At most `bytes_max` from the beginning.
fn head(text: &str, bytes_max: usize) -> &str {
    &text[..text.floor_char_boundary(bytes_max)]
}

/// At most `bytes_max` from the end.
fn tail(text: &str, bytes_max: usize) -> &str {
    &text[text.ceil_char_boundary(text.len().saturating_sub(bytes_max))..]
}

fn unknown() -> ModelError {
    ModelError::Unusable { reason: "the embedded chat model has a chat template that llama.cpp does not know".to_owned() }
}
