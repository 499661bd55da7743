//! The wire format of archives, locked. A change of these snapshots is a change of a promise.

use alloy_primitives::B256;
use phase8_shared::api::{ArchiveFile, ArchiveView, UploadOutcome, UploadView};
use phase8_shared::id::MissionId;
use phase8_shared::time::Timestamp;

#[test]
fn an_archive_keeps_its_form() {
    let archive = |outcome| ArchiveView {
        mission: MissionId::from_bytes([0xab; 16]),
        name: "alpha".into(),
        events: 9,
        root: B256::repeat_byte(3),
        made_at: Timestamp::from_millis(1_795_415_820_000),
        cid: "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku".into(),
        sha256: B256::repeat_byte(4),
        files: vec![ArchiveFile {
            name: "abababababababababababababababab.json".into(),
            media_type: "application/json".into(),
            bytes: 12_345,
        }],
        upload: Some(UploadView {
            node: "http://127.0.0.1:5001".into(),
            at: Timestamp::from_millis(1_795_415_830_000),
            outcome,
        }),
    };
    for (name, sample) in [
        ("archive_pinned", archive(UploadOutcome::Pinned {})),
        ("archive_not_uploaded", archive(UploadOutcome::Failed { why: "start it".into() })),
    ] {
        let text = serde_json::to_string_pretty(&sample).unwrap();
        assert_eq!(serde_json::from_str::<ArchiveView>(&text).unwrap(), sample);
        insta::assert_snapshot!(name, text);
    }
}
