//! What is measured.

/// A load on a server of its own.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scenario {
    pub(super) name: &'static str,
    pub(super) about: &'static str,
    /// In each user's profile.
    pub(super) memories: usize,
    /// Each sends the next message when the last is answered.
    pub(super) users: usize,
    /// Turns of each user that are not counted, and those that are.
    pub(super) warm_up: usize,
    pub(super) turns: usize,
    /// The share of questions that were asked before, in warming up or since.
    pub(super) recurring: f64,
    /// The privacy mode.
    pub(super) mode: &'static str,
    /// The speed of the simulated model: `instant`, `fast` or `chat`.
    pub(super) model: &'static str,
    /// Further settings of the server.
    pub(super) settings: &'static [(&'static str, &'static str)],
    /// Of the network between client and server, there and back together.
    pub(super) delay_ms: u64,
    /// Somebody else adds memories all the time.
    pub(super) writes_beside: bool,
}

const ORDINARY: Scenario = Scenario {
    name: "",
    about: "",
    memories: 1_000,
    users: 1,
    warm_up: 20,
    turns: 200,
    recurring: 0.0,
    mode: "normal",
    model: "instant",
    settings: &[],
    delay_ms: 0,
    writes_beside: false,
};

const PATIENCE: (&str, &str) = ("CONFIDANT_MODELS__FIRST_TOKEN_TIMEOUT_MS", "500");

pub(super) const SCENARIOS: [Scenario; 19] = [
    Scenario { name: "simple_questions", about: "100 memories, an instant model", memories: 100, ..ORDINARY },
    Scenario { name: "empty_profile", about: "nothing is remembered yet", memories: 0, ..ORDINARY },
    Scenario { name: "memories_1000", about: "1,000 memories, every question new", ..ORDINARY },
    Scenario {
        name: "memories_1000_warm",
        about: "1,000 memories, questions that were asked before",
        warm_up: 60,
        recurring: 1.0,
        ..ORDINARY
    },
    Scenario {
        name: "memories_10000",
        about: "10,000 memories, every question new",
        memories: 10_000,
        ..ORDINARY
    },
    Scenario {
        name: "long_conversation",
        about: "the last 50 turns of 300 in one conversation",
        memories: 100,
        warm_up: 250,
        turns: 50,
        ..ORDINARY
    },
    Scenario {
        name: "repeated_questions",
        about: "70 % of the questions recur, a third of those in other spelling; memory paused",
        recurring: 0.7,
        warm_up: 0,
        turns: 300,
        mode: "pause_memory",
        ..ORDINARY
    },
    Scenario {
        name: "repeated_questions_normal",
        about: "the same while every turn is remembered",
        recurring: 0.7,
        warm_up: 0,
        turns: 300,
        ..ORDINARY
    },
    Scenario {
        name: "incognito",
        about: "nothing is read, nothing is stored",
        mode: "incognito",
        ..ORDINARY
    },
    Scenario {
        name: "chat_model",
        about: "8 users, a model with 0.6 s to the first token and 25 ms a token",
        model: "chat",
        memories: 100,
        users: 8,
        warm_up: 1,
        turns: 25,
        ..ORDINARY
    },
    Scenario {
        name: "users_8",
        about: "8 users at once, warm",
        memories: 50,
        users: 8,
        recurring: 1.0,
        ..ORDINARY
    },
    Scenario {
        name: "users_64",
        about: "64 users at once, warm",
        memories: 50,
        users: 64,
        recurring: 1.0,
        turns: 60,
        ..ORDINARY
    },
    Scenario {
        name: "network_delay",
        about: "200 ms of network between client and server, a fast model",
        memories: 100,
        users: 4,
        model: "fast",
        warm_up: 1,
        turns: 10,
        delay_ms: 200,
        ..ORDINARY
    },
    Scenario {
        name: "database_busy",
        about: "somebody adds memories all the time, 20 a request",
        writes_beside: true,
        ..ORDINARY
    },
    Scenario {
        name: "model_errors",
        about: "20 % of the model's calls fail",
        memories: 100,
        settings: &[("CONFIDANT_MODELS__SIMULATED__ERROR_RATE", "0.2")],
        ..ORDINARY
    },
    Scenario {
        name: "model_rate_limits",
        about: "20 % of the model's calls are answered 429",
        memories: 100,
        settings: &[("CONFIDANT_MODELS__SIMULATED__RATE_LIMIT_RATE", "0.2")],
        ..ORDINARY
    },
    Scenario {
        name: "model_hangs",
        about: "20 % of the model's calls hang; a first token is waited for half a second",
        memories: 100,
        users: 4,
        turns: 50,
        settings: &[("CONFIDANT_MODELS__SIMULATED__HANG_RATE", "0.2"), PATIENCE],
        ..ORDINARY
    },
    Scenario {
        name: "model_cuts",
        about: "20 % of the model's streams are cut",
        memories: 100,
        settings: &[("CONFIDANT_MODELS__SIMULATED__CUT_RATE", "0.2")],
        ..ORDINARY
    },
    Scenario {
        name: "malformed_json",
        about: "20 % of the JSON that the model writes is broken",
        memories: 100,
        settings: &[("CONFIDANT_MODELS__SIMULATED__MALFORMED_JSON_RATE", "0.2")],
        ..ORDINARY
    },
];

impl Scenario {
    pub(super) fn find(name: &str) -> Option<Self> {
        SCENARIOS.into_iter().find(|scenario| scenario.name == name)
    }

    /// The same in little: to see that it works, not to quote.
    pub(super) fn quick(self) -> Self {
        Self {
            memories: self.memories.min(100),
            users: self.users.min(4),
            warm_up: self.warm_up.min(3),
            turns: self.turns.min(8),
            ..self
        }
    }
}
