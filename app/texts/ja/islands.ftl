# Sentences of the parts that run in the browser.
need-script = この操作には JavaScript が必要です。ブラウザーの設定で JavaScript を有効にしてから、もう一度開いてください。
field-required = ※必須

failure-offline = サーバーにつながりませんでした。通信の状態を確かめて、もう一度お試しください。
failure-refused = 確認できませんでした。もう一度お試しください。うまくいかないときは、市区町村の窓口にお問い合わせください。
failure-sign-in-refused = 確認できませんでした。もう一度お試しください。できないときは、下の「カードを使って作り直す」へ進むと、新しいパスキーを作れます。パスキーをほかの端末と同期するようにしたときも、作り直しが必要です。
failure-limit = 試した回数が多すぎます。しばらく待ってから、もう一度お試しください。
failure-stale = 時間がたったため、やり直しが必要です。ページを開き直してください。
failure-broken = こちらの不具合で、うまくいきませんでした。しばらくしてから、もう一度お試しください。
failure-reference = 問い合わせ番号：

passkey-busy = 端末の画面を確かめてください…
passkey-unsupported = このブラウザーはパスキーに対応していません。別のブラウザーか端末でお試しください。
passkey-cancelled = 操作が取り消されたか、時間切れになりました。もう一度ボタンを押してください。
passkey-already = この端末には、もうパスキーがあります。サインインの画面からお使いください。
passkey-failed = 端末がパスキーを使えませんでした。もう一度お試しください。
passkey-sign-in = パスキーでサインイン
passkey-create = パスキーを作る
passkey-verify = パスキーで確かめる

card-pin = カードの暗証番号
card-pin-help = 利用者証明用の数字4けたです。3回続けてまちがえると、カードが使えなくなります。
card-code = 登録コード
card-code-help = 市区町村からの手紙にある16文字です。例：ABCD-EFGH-1234-5678
card-code-optional = 登録コード（手紙がある方）
card-code-optional-help = 市区町村からの手紙にある16文字です。カードを新しくした方は入れてください。いまのカードで手続きする方は、いりません。
card-button = カードを読み取る
card-busy = 読み取っています…
card-pin-form = 暗証番号は数字4けたで入れてください。
card-code-form = 登録コードは16文字です。手紙をもう一度確かめてください。
card-pin-wrong = 暗証番号がちがいます。あと { $count } 回まちがえると、カードが使えなくなります。
card-locked = 暗証番号を続けてまちがえたため、カードが使えなくなりました。市区町村の窓口で、暗証番号の再設定をしてください。

session-soon = まもなくサインアウトします
session-idle = しばらく操作がありません。あと2分で自動的にサインアウトします。
session-absolute = サインインしてから8時間になります。あと2分でサインアウトします。続けるには、もう一度サインインしてください。
session-go-on = 続けて使う
session-understood = わかりました
session-over = サインアウトしました
session-over-text = 安全のため、自動的にサインアウトしました。続けるには、もう一度サインインしてください。
session-plain = 15分間操作がないと、自動的にサインアウトします。
