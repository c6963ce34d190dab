//! People under 支援措置: where they live cannot be found out by trying.

use crate::{
    api::emergency::{flag, known},
    fixtures::systems::each_systems_api,
};
use serde_json::json;
use techo_testkit::{city, residents_file};

#[tokio::test]
async fn the_postal_code_of_somebody_under_protection_cannot_be_tried_out() {
    for api in each_systems_api().await {
        let cells = [("郵便番号", "999-0001"), ("支援措置", "1")];
        let rows = residents_file(&city(), &[(1, "山田花子", "1975-04-01", &cells)]);
        api.app.installation.residents(&city(), rows).await;
        let hospital = api.hospital().await;
        for (clinician, postal_code) in [("dr-1", "999-0001"), ("dr-2", "999-0002")] {
            let token = api.token_of(&hospital, clinician).await;
            let mut patient = known();
            patient["address"] = json!([{ "postalCode": postal_code }]);
            let answer = api.declare(&token, &flag("意識がなく、既往とアレルギーを確かめる", &patient)).await;
            assert_eq!(answer.status, 201, "{postal_code} answers like any other: {}", answer.text);
        }
    }
}
