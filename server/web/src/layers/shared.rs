//! A service of which a copy is one counter. A layer of axum copies whatever stands below it for every request, and so does each
//! one above; with a shared service at the bottom of a group of layers that is all they copy, so that what a request costs
//! grows with the number of layers and not with its square.

use axum::extract::Request;
use std::{
    sync::Arc,
    task::{Context, Poll},
};
use tower::{Layer, Service, ServiceExt as _, util::Oneshot};

/// Shares what stands below it. To be the last of a group of layers.
#[derive(Clone, Copy, Debug)]
pub struct ShareLayer;

impl<S> Layer<S> for ShareLayer {
    type Service = SharedService<S>;

    fn layer(&self, below: S) -> SharedService<S> {
        SharedService(Arc::new(below))
    }
}

/// A service that is copied once for every request that arrives at it.
#[derive(Debug)]
pub struct SharedService<S>(Arc<S>);

impl<S> Clone for SharedService<S> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<S: Service<Request> + Clone> Service<Request> for SharedService<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = Oneshot<S, Request>;

    /// The copy that will work is asked whether it is ready.
    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        S::clone(&self.0).oneshot(request)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::{Router, body::Body, extract::State, routing::get};
    use std::sync::atomic::{AtomicUsize, Ordering};
    use tower::ServiceBuilder;

    /// Counts its copies.
    struct Counted(Arc<AtomicUsize>);

    impl Clone for Counted {
        fn clone(&self) -> Self {
            self.0.fetch_add(1, Ordering::Relaxed);
            Self(self.0.clone())
        }
    }

    async fn pass(request: Request, next: axum::middleware::Next) -> axum::response::Response {
        next.run(request).await
    }

    /// How often the state of a handler below so many layers is copied for one request.
    async fn copies(layers: usize) -> usize {
        let copies = Arc::new(AtomicUsize::new(0));
        let handler = async |_: State<Counted>| "";
        let mut router = Router::new().route("/", get(handler)).with_state(Counted(copies.clone()));
        for _ in 0..layers {
            router =
                router.layer(ServiceBuilder::new().layer(axum::middleware::from_fn(pass)).layer(ShareLayer));
        }
        let before = copies.load(Ordering::Relaxed);
        let request = Request::get("/").body(Body::empty()).unwrap();
        assert!(router.oneshot(request).await.unwrap().status().is_success());
        copies.load(Ordering::Relaxed) - before
    }

    #[tokio::test]
    async fn what_stands_below_is_copied_as_often_below_many_layers_as_below_one() {
        assert_eq!(copies(16).await, copies(1).await);
    }
}
