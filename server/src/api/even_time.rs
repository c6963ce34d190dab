//! Answers about people leave at even times: a whole number of steps after their request came. What is hidden, what is not
//! there and who is not here take the same work as far as that can be done; what is left of a difference is smaller than a
//! step and does not leave the house.

use super::ApiState;
use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// Longer than nearly every answer takes, so that nearly every answer leaves after one step.
pub const ANSWER_STEP: Duration = Duration::from_millis(20);

/// Holds an answer until its time.
pub(super) async fn layer(State(state): State<ApiState>, request: Request, next: Next) -> Response {
    let came = Instant::now();
    let response = next.run(request).await;
    if let Some(leaves) = even(came.elapsed(), state.answer_step) {
        sleep_until(came + leaves).await;
    }
    response
}

/// The end of the step in which an answer is ready; none without steps.
fn even(ready: Duration, step: Duration) -> Option<Duration> {
    let steps = ready.as_nanos().checked_div(step.as_nanos())? + 1;
    Some(step * u32::try_from(steps).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::even;
    use std::time::Duration;

    #[test]
    fn an_answer_leaves_at_the_end_of_the_step_in_which_it_is_ready() {
        let millis = Duration::from_millis;
        for (ready, leaves) in [(0, 20), (1, 20), (19, 20), (20, 40), (41, 60)] {
            assert_eq!(even(millis(ready), millis(20)), Some(millis(leaves)), "{ready}");
        }
        assert_eq!(even(millis(5), Duration::ZERO), None);
    }
}
