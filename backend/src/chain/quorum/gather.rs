//! Waiting for several answers: until all are there, or enough and a moment more, or no longer.

use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use tokio::time::{Instant, sleep_until};

/// How long answers are waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// A question is given up after this.
    pub limit: Duration,
    /// Once enough endpoints have answered, the others get this much longer.
    pub grace: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { limit: Duration::from_secs(5), grace: Duration::from_millis(200) }
    }
}

/// The answers of one round, in the order of the questions.
pub(super) struct Gathered<T> {
    answers: Vec<Option<T>>,
    missing: String,
}

impl<T> Gathered<T> {
    /// Each answer, or why there is none.
    pub(super) fn into_results(self) -> impl Iterator<Item = Result<T, String>> {
        let Self { answers, missing } = self;
        answers.into_iter().map(move |answer| answer.ok_or_else(|| missing.clone()))
    }
}

/// Asks all at once. `None` stands for an endpoint that is not asked.
pub(super) async fn gather<T, F>(
    questions: impl IntoIterator<Item = Option<F>>,
    patience: Patience,
    enough: impl Fn(&[Option<T>]) -> bool,
) -> Gathered<T>
where
    F: Future<Output = T>,
{
    let mut answers = Vec::new();
    let mut waiting = FuturesUnordered::new();
    for (place, question) in questions.into_iter().enumerate() {
        answers.push(None);
        waiting.extend(question.map(|question| async move { (place, question.await) }));
    }
    let limit = Instant::now() + patience.limit;
    let end = sleep_until(limit);
    tokio::pin!(end);
    let mut missing = format!("no answer within {}", words(patience.limit));
    let mut is_enough = false;
    loop {
        let (place, answer) = tokio::select! {
            biased;
            next = waiting.next() => match next {
                Some(next) => next,
                None => break,
            },
            () = &mut end => break,
        };
        if let Some(slot) = answers.get_mut(place) {
            *slot = Some(answer);
        }
        if !is_enough && enough(&answers) {
            is_enough = true;
            let grace = Instant::now() + patience.grace;
            if grace < limit {
                end.as_mut().reset(grace);
                missing = format!("no answer {} after the others", words(patience.grace));
            }
        }
    }
    Gathered { answers, missing }
}

fn words(time: Duration) -> String {
    if time.subsec_millis() == 0 {
        format!("{} s", time.as_secs())
    } else {
        format!("{} ms", time.as_millis())
    }
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};
    use std::pin::Pin;

    use super::*;

    type Question = Pin<Box<dyn Future<Output = u8> + Send>>;

    const HOUR: Duration = Duration::from_hours(1);

    fn answering(value: u8) -> Question {
        Box::pin(ready(value))
    }

    fn hanging() -> Question {
        Box::pin(pending())
    }

    async fn seen(
        questions: Vec<Option<Question>>,
        enough: usize,
        patience: Patience,
    ) -> Vec<Result<u8, String>> {
        let counted = |answers: &[Option<u8>]| answers.iter().flatten().count() >= enough;
        gather(questions, patience, counted).await.into_results().collect()
    }

    #[tokio::test]
    async fn one_that_hangs_costs_a_moment_once_there_is_enough() {
        let hour = Patience { limit: HOUR, grace: Duration::from_millis(15) };

        let answers =
            seen(vec![Some(answering(1)), Some(hanging()), Some(answering(2))], 2, hour).await;

        assert_eq!(answers, [Ok(1), Err("no answer 15 ms after the others".to_owned()), Ok(2)]);
    }

    #[tokio::test]
    async fn without_enough_the_whole_time_is_waited_and_no_longer() {
        let short = Patience { limit: Duration::from_millis(15), grace: HOUR };
        let missing = Err("no answer within 15 ms".to_owned());

        assert_eq!(
            seen(vec![Some(answering(1)), Some(hanging()), None], 2, short).await,
            [Ok(1), missing.clone(), missing.clone()]
        );
        assert_eq!(
            seen(vec![Some(answering(1)), Some(hanging())], 1, short).await.last(),
            Some(&missing),
            "the moment more ends with the whole time"
        );
    }

    #[tokio::test]
    async fn when_all_have_answered_nothing_is_waited_for() {
        let hour = Patience { limit: HOUR, grace: HOUR };

        assert_eq!(
            seen(vec![Some(answering(1)), Some(answering(2))], 1, hour).await,
            [Ok(1), Ok(2)]
        );
    }
}
