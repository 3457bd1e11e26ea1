//! Where the server and the key are taken from.

use super::ctl;
use crate::server::Setup;

#[test]
fn a_key_is_taken_from_a_file_a_variable_or_what_is_typed_and_a_flag_wins() {
    let key = "5d0c8a2f7b31e94640cf1d97a8e2635bb4f0718c".to_owned();
    let server = Setup { admin_key: Some(key.clone()), ..Setup::default() }.start();
    let folder = tempfile::tempdir().unwrap();
    let (right, wrong) = (folder.path().join("right"), folder.path().join("wrong"));
    std::fs::write(&right, format!("{key}\n")).unwrap();
    std::fs::write(&wrong, "c8170f4bb5362e8a79d1fc04649e13b7f2a8c0d5").unwrap();
    let (right, wrong) = (right.to_str().unwrap(), wrong.to_str().unwrap());
    let list = |flags: &[&str]| ctl(&[&["alias", "list"], flags].concat()).at(&server);
    assert_eq!(list(&["--admin-key-file", right]).run().code, 0);
    assert_eq!(list(&["--admin-key-file", "-"]).typed(&key).run().code, 0);
    assert_eq!(list(&[]).with("ALIAS_ADMIN_KEY", &key).run().code, 0);
    assert_eq!(list(&[]).with("ALIAS_ADMIN_KEY_FILE", right).run().code, 0);
    assert_eq!(list(&["--admin-key-file", wrong]).with("ALIAS_ADMIN_KEY", &key).run().code, 6);
    let nowhere = list(&["--admin-key-file", "/nowhere"]).run();
    assert!(nowhere.code == 64 && nowhere.errors.contains("/nowhere"), "{nowhere:?}");
}

#[test]
fn a_settings_file_says_where_the_server_is_and_what_is_typed_wrong_is_told() {
    let server = Setup::default().start();
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("aliasctl");
    std::fs::create_dir(&folder).unwrap();
    let file = folder.join("config.yaml");
    std::fs::write(&file, format!("url: http://{}\noutput: name\n", server.address)).unwrap();
    let list = || ctl(&["alias", "list"]).with("XDG_CONFIG_HOME", home.path().to_str().unwrap());
    let said = list().run();
    assert_eq!((said.code, said.output.as_str()), (0, ""), "{said:?}");
    assert_eq!(list().with("ALIAS_URL", "http://127.0.0.1:9").run().code, 7, "a variable wins over the file");
    std::fs::write(&file, "ulr: http://x\n").unwrap();
    let said = list().run();
    assert!(said.code == 64 && said.errors.contains("did you mean `url`?"), "{said:?}");
}
