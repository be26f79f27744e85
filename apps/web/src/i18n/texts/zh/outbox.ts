// 中文：沙盒短信箱。
import type { outbox as enOutbox } from '../en/outbox.ts';

export const outbox: typeof enOutbox = {
  pageTitle: '短信箱',
  title: '短信箱',
  home: 'Sonrisa 首页',
  lead: '沙盒里的短信不会真的发出去，都会出现在这里。',
  production: '这里已正式运营：短信会发到真实的手机上，没有短信箱。',
  search: '按手机号查找',
  noneFound: '没有发给 {{search}} 的短信。',
  emptyTitle: '还没有短信',
  emptyText: '在手机页面上开户，验证码马上就会出现在这里。',
  openPhone: '打开手机页面',
  live_connecting: '正在连接',
  live_live: '实时更新中',
  live_lost: '连接断开，正在重连',
  copy: '复制',
  copied: '已复制',
  copyByHand: '请手动复制',
  copyCode: '复制验证码 {{code}}',
  newCode: '发给 {{to}} 的新短信，验证码：{{code}}',
  newMessage: '发给 {{to}} 的新短信：{{text}}',
};
