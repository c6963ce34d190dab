//! Limits that keep the doors open while somebody leans against them. Each is a setting with a default.

use super::{ConfigError, SettingSources};
use std::{num::NonZeroU32, ops::RangeInclusive, time::Duration};
use techo_web::limits::ConnectionLimits;

/// Reads them all.
///
/// # Errors
/// The first that is no whole number or out of its bounds, by name.
pub(super) fn load_limits(sources: &SettingSources) -> Result<ConnectionLimits, ConfigError> {
    let number = |name, default, range| bounded(sources, name, default, range);
    let count = |name, default, range| Ok(usize::try_from(number(name, default, range)?).unwrap_or(0));
    let rate = |name, default| {
        let found = number(name, default, 1..=1_000_000)?;
        Ok(NonZeroU32::new(found).unwrap_or(NonZeroU32::MIN))
    };
    let seconds = |name, default| Ok(Duration::from_secs(number(name, default, 1..=3_600)?.into()));
    Ok(ConnectionLimits {
        portal_connections: count("PORTAL_CONNECTIONS", 1_024, 4..=65_536)?,
        console_connections: count("CONSOLE_CONNECTIONS", 256, 4..=65_536)?,
        api_connections: count("API_CONNECTIONS", 512, 4..=65_536)?,
        ops_connections: count("OPS_CONNECTIONS", 32, 4..=1_024)?,
        address_connections: count("ADDRESS_CONNECTIONS", 64, 2..=65_536)?,
        address_in_flight: count("ADDRESS_IN_FLIGHT", 32, 1..=65_536)?,
        address_rate: rate("ADDRESS_RATE", 10)?,
        account_rate: rate("ACCOUNT_RATE", 10)?,
        organisation_in_flight: count("ORGANISATION_IN_FLIGHT", 8, 1..=65_536)?,
        organisation_rate: rate("ORGANISATION_RATE", 50)?,
        head_time: seconds("HEAD_SECONDS", 15)?,
        body_time: seconds("BODY_SECONDS", 30)?,
        stall_time: seconds("STALL_SECONDS", 10)?,
        lowest_rate: rate("LOWEST_RATE", 1_024)?,
        stop_time: seconds("STOP_SECONDS", 20)?,
    })
}

fn bounded(
    sources: &SettingSources,
    name: &str,
    default: u32,
    range: RangeInclusive<u32>,
) -> Result<u32, ConfigError> {
    let Some(text) = sources.get(name)? else { return Ok(default) };
    let found = text.trim().parse().ok().filter(|number| range.contains(number));
    found.ok_or_else(|| {
        let (least, most) = range.into_inner();
        ConfigError::new(
            &SettingSources::env_name(name),
            format!("{least}から{most}までの整数で書いてください"),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_that_would_close_a_door_or_is_no_number_stops_the_start_by_its_name() {
        for (name, value) in [
            ("PORTAL_CONNECTIONS", "0"),
            ("ADDRESS_CONNECTIONS", "1"),
            ("HEAD_SECONDS", "0"),
            ("HEAD_SECONDS", "forever"),
            ("BODY_SECONDS", "-1"),
            ("STALL_SECONDS", "3601"),
            ("LOWEST_RATE", "1.5"),
            ("STOP_SECONDS", "99999999999999999999"),
        ] {
            let error = load_limits(&SettingSources::of_pairs(&[(name, value)])).unwrap_err();
            assert_eq!(error.name, format!("TECHO_{name}"), "{value}");
        }
        assert_eq!(load_limits(&SettingSources::default()).unwrap().stop_time, Duration::from_secs(20));
    }
}
