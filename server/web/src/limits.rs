//! Limits that keep the doors open while somebody leans against them. Each is a setting of the process with a default.

use std::{num::NonZeroU32, time::Duration};

/// What bounds connections, requests and their time.
#[derive(Clone, Debug)]
pub struct ConnectionLimits {
    /// `TECHO_PORTAL_CONNECTIONS`: connections of the citizens' door.
    pub portal_connections: usize,
    /// `TECHO_CONSOLE_CONNECTIONS`: connections of the console.
    pub console_connections: usize,
    /// `TECHO_API_CONNECTIONS`: connections of the door for systems.
    pub api_connections: usize,
    /// `TECHO_OPS_CONNECTIONS`: connections of the operators' door.
    pub ops_connections: usize,
    /// `TECHO_ADDRESS_CONNECTIONS`: connections of one address at one door; without effect behind a proxy, whose address
    /// all of them have.
    pub address_connections: usize,
    /// `TECHO_ADDRESS_IN_FLIGHT`: requests of one address that are worked on at once.
    pub address_in_flight: usize,
    /// `TECHO_ADDRESS_RATE`: requests a second of one address that change something, or come without a token to the door
    /// for systems.
    pub address_rate: NonZeroU32,
    /// `TECHO_ACCOUNT_RATE`: requests a second of one signed-in person.
    pub account_rate: NonZeroU32,
    /// `TECHO_ORGANISATION_IN_FLIGHT`: requests of one organisation that are worked on at once.
    pub organisation_in_flight: usize,
    /// `TECHO_ORGANISATION_RATE`: requests a second of one organisation.
    pub organisation_rate: NonZeroU32,
    /// `TECHO_HEAD_SECONDS`: how long a connection may be silent before a request, and take for its head.
    pub head_time: Duration,
    /// `TECHO_BODY_SECONDS`: how long the body of a request may take.
    pub body_time: Duration,
    /// `TECHO_STALL_SECONDS`: how long somebody may send or take less than [`ConnectionLimits::lowest_rate`].
    pub stall_time: Duration,
    /// `TECHO_LOWEST_RATE`: bytes a second below which a body or an answer is too slow.
    pub lowest_rate: NonZeroU32,
    /// `TECHO_STOP_SECONDS`: how long requests in flight may take once the program was told to stop.
    pub stop_time: Duration,
}
