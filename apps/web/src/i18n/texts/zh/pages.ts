// 中文：首页和短信发件箱。
import type { pages as enPages } from '../en/pages.ts';

export const pages: typeof enPages = {
  landingTitle: '微笑付款，跑在您自己的服务器上',
  landingText: '一家沙盒面包房，随时可以试。先在手机页开户，再到收银页付款。',
  kiosk: '收银机',
  kioskText: '挑点好吃的，看一眼镜头就付好。',
  phone: '手机',
  phoneText: '一次开户：号码、同意、一个微笑、一个密码，然后就是您的钱包。',
  outbox: '短信发件箱',
  outboxText: '沙盒本该发出的每条短信，实时显示。',
  docs: '接口文档',
  docsText: '每个接口的结构和示例。',
  health: '运行状态',
  healthText: '一切都正常吗？',
  open: '打开',
  outboxTitle: '短信发件箱',
  outboxIntro: '这些短信没有真的发出，新的会自动出现。',
  search: '按号码搜索',
  copy: '复制验证码',
  copied: '已复制',
  empty: '还没有短信。在手机页填写号码，验证码就会出现在这里。',
  emptySearch: '这个号码没有短信。',
  live: '实时',
  reconnecting: '正在重连',
  activationCode: '沙盒收银机的激活码',
};
