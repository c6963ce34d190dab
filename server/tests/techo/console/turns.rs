//! Those who work at the console: suspending, a new device and signing out take turns with signing in, joining and closing
//! a review. Whatever comes second knows of the first, whichever of them is held.

use crate::fixtures::console::{StaffMember, TestConsole, each_console};
use std::time::Duration;
use techo_identity::staff::{self, StaffInvitation};
use techo_model::{emergency::EmergencyReview, staff::StaffRole};
use techo_testkit::browser::HttpAnswer;

/// How long something that has to wait is watched doing so.
const WHILE: Duration = Duration::from_millis(200);

/// What begins a session.
#[derive(Clone, Copy, Debug)]
enum Begin {
    SignIn,
    Join,
}

/// Somebody with a passkey and an invitation for another device.
struct Somebody {
    invitation: StaffInvitation,
    known: StaffMember,
    other: StaffMember,
}

impl Somebody {
    async fn of(console: &TestConsole) -> Self {
        let first = console.invite(StaffRole::Auditor).await;
        let mut known = console.joined(&first).await;
        known.browser = console.browser();
        let invitation =
            staff::invite_staff_again(&console.app.installation.custody, first.staff).await.unwrap();
        let other = StaffMember { browser: console.browser(), device: console.device() };
        Self { invitation, known, other }
    }

    /// Answers how it went and whether somebody is signed in by it.
    async fn begin(&mut self, begin: Begin) -> (HttpAnswer, bool) {
        let (member, code) = match begin {
            Begin::SignIn => (&mut self.known, None),
            Begin::Join => (&mut self.other, Some(self.invitation.code.grouped())),
        };
        let answer = match code {
            None => member.sign_in().await,
            Some(code) => member.join(&code).await,
        };
        let is_in = member.browser.get("/reviews").await.status == 200;
        (answer, is_in)
    }
}

#[tokio::test]
async fn whoever_begins_beside_or_behind_a_suspension_is_not_let_in() {
    for begin in [Begin::SignIn, Begin::Join] {
        for is_behind in [false, true] {
            for console in each_console().await {
                let mut somebody = Somebody::of(&console).await;
                let (custody, staff) = (&console.app.installation.custody, somebody.invitation.staff);
                let label = format!("{begin:?} behind: {is_behind} on {}", console.engine());
                let (answer, is_in) = if is_behind {
                    let held = custody.environment.hold_point("staff-suspension.held");
                    let begins = async {
                        held.arrived().await;
                        let release = async {
                            tokio::time::sleep(WHILE).await;
                            held.release();
                        };
                        tokio::join!(somebody.begin(begin), release).0
                    };
                    let (suspended, begun) = tokio::join!(staff::suspend_staff(custody, staff), begins);
                    suspended.unwrap();
                    begun
                } else {
                    let point = match begin {
                        Begin::SignIn => "staff-sign-in.checked",
                        Begin::Join => "joining.checked",
                    };
                    let held = custody.environment.hold_point(point);
                    let suspends = async {
                        held.arrived().await;
                        staff::suspend_staff(custody, staff).await.unwrap();
                        held.release();
                    };
                    tokio::join!(somebody.begin(begin), suspends).0
                };
                assert_eq!((answer.status, is_in), (403, false), "{label}: {}", answer.text);
            }
        }
    }
}

#[tokio::test]
async fn the_old_device_opens_nothing_beside_or_behind_a_new_one() {
    for point in ["staff-sign-in.checked", "staff-session.opened"] {
        for console in each_console().await {
            let Somebody { invitation, mut known, mut other } = Somebody::of(&console).await;
            let (code, held) =
                (invitation.code.grouped(), console.app.installation.custody.environment.hold_point(point));
            let (old, new) = if point == "staff-sign-in.checked" {
                tokio::join!(known.sign_in(), async {
                    held.arrived().await;
                    let joined = other.join(&code).await;
                    held.release();
                    joined
                })
            } else {
                let signs_in = async {
                    held.arrived().await;
                    let release = async {
                        tokio::time::sleep(WHILE).await;
                        held.release();
                    };
                    tokio::join!(known.sign_in(), release).0
                };
                tokio::join!(signs_in, other.join(&code))
            };
            assert_eq!((old.status, new.status), (403, 200), "{point} on {}", console.engine());
            assert_eq!(known.browser.get("/reviews").await.status, 303);
            assert_eq!(other.browser.get("/reviews").await.status, 200);
        }
    }
}

#[tokio::test]
async fn a_sign_out_beside_a_sign_in_of_the_same_browser_ends_what_it_opens() {
    for console in each_console().await {
        let Somebody { mut known, .. } = Somebody::of(&console).await;
        // From now on the browser has a stranger's session.
        let begun = known.browser.post_json("/passkey/sign-in/begin", &serde_json::json!({})).await;
        let answer = known.device.get(&begun.json()).unwrap();
        let mut copy = console.browser();
        copy.cookies = known.browser.cookies.clone();
        let held = console.app.installation.custody.environment.hold_point("staff-session.opened");
        let leaves = async {
            held.arrived().await;
            let release = async {
                tokio::time::sleep(WHILE).await;
                held.release();
            };
            tokio::join!(copy.post_form("/sign-out", &[]), release).0
        };
        let signs_in = known.browser.post_json("/passkey/sign-in/finish", &answer);
        let (signed_in, left) = tokio::join!(signs_in, leaves);
        assert_eq!((signed_in.status, left.status), (200, 303), "{}", console.engine());
        assert_eq!(known.browser.get("/reviews").await.status, 303, "{}", console.engine());
    }
}

#[tokio::test]
async fn whoever_is_suspended_or_signed_out_closes_no_review_that_was_on_its_way() {
    for suspends in [true, false] {
        for console in each_console().await {
            console.fill().await;
            let declared = console.emergency().await;
            let Somebody { invitation, mut known, .. } = Somebody::of(&console).await;
            console.app.installation.custody.environment.advance(Duration::from_mins(60));
            assert_eq!(known.sign_in().await.status, 200);
            let path = format!("/reviews/{}", declared.id);
            let custody = &console.app.installation.custody;
            let held = custody.environment.hold_point("review.close");
            let mut copy = console.browser();
            copy.cookies = known.browser.cookies.clone();
            let ends = async {
                held.arrived().await;
                if suspends {
                    staff::suspend_staff(custody, invitation.staff).await.unwrap();
                } else {
                    copy.post_form("/sign-out", &[]).await;
                }
                held.release();
            };
            let form = [("finding", "justified"), ("remark", "確かめました。")];
            let (closed, ()) = tokio::join!(known.browser.post_form(&path, &form), ends);
            assert_eq!(closed.status, 403, "{}: {}", console.engine(), closed.text);
            let row = custody.stores.records.emergency(declared.id).await.unwrap().unwrap();
            assert_eq!(row.state, EmergencyReview::Open, "{} suspended: {suspends}", console.engine());
        }
    }
}
