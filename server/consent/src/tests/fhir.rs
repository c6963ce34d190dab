//! Choices that went through FHIR and back are decided upon as before.

use super::{
    super::{decide, is_sound},
    cases::{Dice, case},
};
use techo_exchange::fhir::consent::{StatedVersion, read, write};
use techo_model::UnixMillis;

const CASES: u64 = 2_000;
/// All rules of the cases begin before this.
const NOW: UnixMillis = UnixMillis(10_000);

#[test]
fn what_went_through_fhir_is_decided_as_before_and_what_contradicts_itself_does_not_go_through() {
    let mut dice = Dice(7);
    let mut refused = 0;
    for _ in 0..CASES {
        let mut case = case(&mut dice);
        let version = StatedVersion { number: 1, chosen_at: NOW };
        let sound = case.state.rules.iter().all(is_sound);
        let Ok(written) = write(&case.state, version) else {
            assert!(!sound, "{case:#?}");
            refused += 1;
            continue;
        };
        assert!(sound, "{case:#?}");
        let before = decide(&case.state, &case.record, &case.asker, case.purpose, case.at);
        case.state = read(written.to_string().as_bytes(), NOW).unwrap();
        let after = decide(&case.state, &case.record, &case.asker, case.purpose, case.at);
        assert_eq!(before, after, "{case:#?}");
    }
    assert!(refused > 5, "{refused}");
}
