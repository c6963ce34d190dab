//! Routes with who may ask them: one list, from which the router is made and which tests walk as a stranger. A route that is not
//! on a list does not exist.

use axum::{
    Router,
    handler::Handler,
    http::Method,
    routing::{MethodRouter, get, post, put},
};

/// One route of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedRoute<A> {
    /// Who may ask it.
    pub access: A,
    /// How it is asked.
    pub method: Method,
    /// The template of its path, as `/checkups/{id}`.
    pub path: &'static str,
}

/// Routes of a door or of a part of it; `A` says who may ask them.
pub struct RouteTable<S, A> {
    router: Router<S>,
    listed: Vec<ListedRoute<A>>,
}

impl<S: Clone + Send + Sync + 'static, A> Default for RouteTable<S, A> {
    fn default() -> Self {
        Self { router: Router::new(), listed: Vec::new() }
    }
}

impl<S: Clone + Send + Sync + 'static, A> RouteTable<S, A> {
    /// Without a route.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds what is looked at.
    #[must_use]
    pub fn get<H: Handler<T, S>, T: 'static>(self, access: A, path: &'static str, handler: H) -> Self {
        self.add(access, Method::GET, path, get(handler))
    }

    /// Adds what is sent.
    #[must_use]
    pub fn post<H: Handler<T, S>, T: 'static>(self, access: A, path: &'static str, handler: H) -> Self {
        self.add(access, Method::POST, path, post(handler))
    }

    /// Adds what is put in place of something.
    #[must_use]
    pub fn put<H: Handler<T, S>, T: 'static>(self, access: A, path: &'static str, handler: H) -> Self {
        self.add(access, Method::PUT, path, put(handler))
    }

    fn add(mut self, access: A, method: Method, path: &'static str, route: MethodRouter<S>) -> Self {
        self.listed.push(ListedRoute { access, method, path });
        Self { router: self.router.route(path, route), ..self }
    }

    /// Adds all routes of another table.
    #[must_use]
    pub fn merge(mut self, other: Self) -> Self {
        self.listed.extend(other.listed);
        Self { router: self.router.merge(other.router), ..self }
    }

    /// The router.
    pub fn into_router(self) -> Router<S> {
        self.router
    }

    /// The list.
    pub fn into_list(self) -> Vec<ListedRoute<A>> {
        self.listed
    }
}
