/** Words of paths and operations that tell what an API does. English; what is Chinese is put into English first. */

export function wordSet(text: string): ReadonlySet<string> {
  return new Set(text.split(' '));
}

/** Reading, and the nouns that stand at the end of what is read: `loginLog`, `order/detail`. */
export const reading = wordSet(
  'query get list lists find search fetch load read select count counts view show page pages detail details info history ' +
    'histories log logs record records status state states statistics stat stats summary report reports rank ranking ' +
    'lookup browse preview check exists is has can all recent latest total qry retrieve inquiry enquiry progress',
);
export const creating = wordSet(
  'create add insert save submit apply new post register evaluate generate build publish bind append book send',
);
export const updating = wordSet(
  'update modify edit change set upd alter patch replace rename enable disable lock unlock approve reject reset assign ' +
    'switch toggle adjust renew refresh restore move',
);
export const deleting = wordSet('delete del remove cancel revoke unbind destroy drop clear erase purge');

/** Words that say nothing of what is done: versions, technology, whose it is. */
export const neutral = wordSet(
  'api apis rest rpc do json xml action servlet service services svc web www app h5 pc wap mobile mobi client cust customer ' +
    'user users admin staff member index main open openapi gateway gw internal public external private ws cgi bin v common ' +
    'base sys system platform portal passport uc ucenter sso cas auth oauth oauth2 account acct my me self current biz ' +
    'business module handler process handle execute exec invoke call request req ajax form fast quick by with to the of ' +
    'for and in on a an one batch multi bulk async sync new old ex pro plus data i j spring security html jsp php aspx',
);

/** Company that a word of each function keeps without becoming something else. */
export const loginCompany = wordSet(
  'password pwd passwd sms phone wx wechat weixin qq alipay dingtalk fund trade finger face gesture verify check validate ' +
    'submit post token access email mail qrcode scan third party key ukey cert onekey local name perform ldap',
);
export const orderCompany = wordSet(
  'create add place submit save confirm cancel withdraw update modify change delete insert batch buy sell market limit ' +
    'stock fund bond etf ipo futures option options margin trade trading entrust order orders apply send conditional ' +
    'amend replace reserve new quick product products simple smart algo algorithmic condition make put',
);
export const paymentCompany = wordSet(
  'create add submit confirm apply bank banks fund funds money cash balance in out securities security stock internal ' +
    'intra transfer withdraw deposit pay payment order orders cancel trade card instant online begin start place save',
);

/** What is done with a picture of a face that is sent. */
export const pictureCompany = wordSet(
  'compare match verify check detect recognize recognition identify auth authenticate img image images photo picture live ' +
    'video upload submit save collect id card idcard',
);

/** Right behind an export's or an upload's word they make it a thing that is listed or told of. */
export const aboutFiles = wordSet(
  'task tasks job jobs history histories log logs record records status state progress template templates config configs ' +
    'setting settings count token sign signature policy url urls link links address limit limits rule rules permission ' +
    'center page result results queue',
);

export const passwordWords = wordSet(
  'password passwd pwd pass passcode psw pswd mima pin loginpwd tradepwd userpwd userpassword loginpassword tradepassword',
);
export const resetWords = wordSet(
  'reset forget forgot forgotten forgetting find retrieve recover recovery lost initialize',
);
export const sqlCompany = wordSet('execute exec run query statement console raw custom select debug test batch');

/** Chinese, longest first: where a text holds one, it counts as these words. */
export const chinese: readonly (readonly [string, string])[] = [
  ['安全退出', 'logout'],
  ['退出登录', 'logout'],
  ['找回密码', 'forgot password'],
  ['重置密码', 'reset password'],
  ['修改密码', 'update password'],
  ['短信验证码', 'sms code'],
  ['图形验证码', 'captcha'],
  ['银证转账', 'transfer'],
  ['出入金', 'transfer'],
  ['人脸', 'face'],
  ['资讯', 'news'],
  ['新闻', 'news'],
  ['公告', 'notice'],
  ['产品', 'product'],
  ['帮助', 'help'],
  ['验证码', 'verifycode'],
  ['登录', 'login'],
  ['登陆', 'login'],
  ['登出', 'logout'],
  ['退出', 'logout'],
  ['注册', 'register'],
  ['开户', 'openaccount'],
  ['密码', 'password'],
  ['短信', 'sms'],
  ['发送', 'send'],
  ['获取', 'get'],
  ['校验', 'verify'],
  ['验证', 'verify'],
  ['导出', 'export'],
  ['导入', 'import'],
  ['上传', 'upload'],
  ['下载', 'download'],
  ['撤单', 'cancel entrust'],
  ['下单', 'entrust'],
  ['委托', 'entrust'],
  ['申购', 'purchase'],
  ['认购', 'purchase'],
  ['赎回', 'redeem'],
  ['买入', 'buy'],
  ['卖出', 'sell'],
  ['转账', 'transfer'],
  ['入金', 'deposit'],
  ['出金', 'withdraw'],
  ['充值', 'recharge'],
  ['提现', 'withdraw'],
  ['支付', 'pay'],
  ['付款', 'pay'],
  ['行情', 'quote'],
  ['配置', 'config'],
  ['字典', 'dict'],
  ['查询', 'query'],
  ['列表', 'list'],
  ['明细', 'detail'],
  ['详情', 'detail'],
  ['记录', 'record'],
  ['日志', 'log'],
  ['历史', 'history'],
  ['任务', 'task'],
  ['统计', 'statistics'],
  ['新增', 'add'],
  ['添加', 'add'],
  ['保存', 'save'],
  ['提交', 'submit'],
  ['申请', 'apply'],
  ['修改', 'update'],
  ['编辑', 'edit'],
  ['更新', 'update'],
  ['设置', 'set'],
  ['删除', 'delete'],
  ['取消', 'cancel'],
];

/** Pinyin, in full or by initials as the trade writes them, each a whole word. */
export const pinyin = new Map<string, string>(
  [
    'denglu login,dl login,khdl login,yhdl login,dlyz login,tuichu logout,tcdl logout,zhuxiao logout,zhuce register',
    'kaihu openaccount,mima password,jymm password,zjmm password,czmm reset password,xgmm update password',
    'zhaohui forgot,chongzhi recharge,duanxin sms,dxyzm sms code,yzm verifycode,yanzhengma verifycode,fasong send',
    'jiaoyan verify,yanzheng verify,daochu export,daoru import,shangchuan upload,xiazai download,weituo entrust',
    'wt entrust,xiadan entrust,chedan cancel entrust,wtcd cancel entrust,gpmr buy,gpmc sell,mairu buy,maichu sell',
    'jiaoyi trade,shengou purchase,rengou purchase,shuhui redeem,zhuanzhang transfer,yzzz transfer,crj transfer',
    'churujin transfer,rujin deposit,chujin withdraw,tixian withdraw,zhifu pay,hangqing quote,hq quote,kxian kline',
    'fenshi quote,peizhi config,zidian dict,canshu config,chaxun query,cx query,liebiao list,mingxi detail',
    'xiangqing detail,jilu record,rizhi log,lishi history,tongji statistics,xinzeng add,tianjia add,baocun save',
    'tijiao submit,shenqing apply,xiugai update,xg update,bianji edit,gengxin update,shezhi set,shanchu delete,quxiao cancel',
  ]
    .join(',')
    .split(',')
    .map((pair) => {
      const space = pair.indexOf(' ');
      return [pair.slice(0, space), pair.slice(space + 1)] as const;
    }),
);
