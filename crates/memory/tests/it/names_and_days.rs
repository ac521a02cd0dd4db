use domain::Timestamp;
use domain::clock::from_micros;
use domain::memory::{MemoryType, NewMemory};
use memory::SearchOptions;
use memory::retrieval::Strategy;

use crate::{Fixture, fixture};

impl Fixture {
    async fn add(&self, content: &str, said_at: Timestamp) {
        let memory = NewMemory {
            content: content.to_owned(),
            kind: MemoryType::Fact,
            importance: 0.5,
            tags: Vec::new(),
            entities: Vec::new(),
            attribute: None,
            said_at,
            valid_from: None,
            valid_to: None,
        };
        self.memories.add(self.scope, vec![memory]).await.unwrap();
    }

    /// What the search finds by names, or by times, alone.
    async fn found_by(&self, strategy: Strategy, query: &str) -> Vec<String> {
        let options = SearchOptions { strategies: vec![strategy], ..SearchOptions::default() };
        let hits = self.memories.search(self.scope, query, &options).await.unwrap().hits;
        let voted =
            hits.into_iter().filter(|hit| hit.found_by.iter().any(|found| found.strategy == strategy));
        voted.map(|hit| hit.recalled.content().to_owned()).collect()
    }
}

#[tokio::test]
async fn a_name_is_found_in_its_other_forms_and_a_relation_by_the_name_it_has() {
    let test = fixture(None).await;
    let now = test.clock.now();
    test.add("The user's sister is called Marta.", now).await;
    test.add("Marta cannot stand peppers.", now).await;
    test.add("Robert moved to Leeds.", now).await;
    test.add("Hannah collects stamps.", now).await;
    let found = async |query| test.found_by(Strategy::Entity, query).await;
    assert_eq!(found("Where does Bob's family live?").await, ["Robert moved to Leeds."]);
    let of_sister = found("What does my sister dislike?").await;
    assert!(of_sister.contains(&"Marta cannot stand peppers.".to_owned()), "{of_sister:?}");
    assert!(found("What does my sisterhood do?").await.is_empty(), "the relation is a whole word");
    assert!(found("What does Anna collect?").await.is_empty(), "Anna is not Hannah");
}

#[tokio::test]
async fn days_begin_where_the_user_lives() {
    // It is noon of 14 November in UTC, and one o'clock in the night of the 15th in Auckland.
    let hours_ago = |hours: i64| from_micros(1_699_963_200_000_000 - hours * 3_600_000_000);
    for (zone, expected) in
        [(None, "The user met the plumber."), (Some("Pacific/Auckland"), "The user met the vet.")]
    {
        let test = fixture(zone).await;
        test.add("The user met the plumber.", hours_ago(31)).await;
        test.add("The user met the vet.", hours_ago(7)).await;
        assert_eq!(
            test.found_by(Strategy::Temporal, "Whom did I meet yesterday?").await,
            [expected],
            "{zone:?}"
        );
    }
}
