sign-in-title = サインイン
sign-in-lead = ボタンを押すと、端末が指紋、顔、または端末の暗証番号を求めます。名前や番号を入れる必要はありません。
sign-in-first = はじめて使う方
sign-in-first-text = マイナンバーカードと、市区町村から届いた手紙を用意してください。
sign-in-first-link = はじめて使う
sign-in-lost = サインインできないとき
sign-in-lost-text = 端末の買い替えや紛失でパスキーをすべてなくしたときは、マイナンバーカードで作り直せます。
sign-in-lost-link = カードを使って作り直す
