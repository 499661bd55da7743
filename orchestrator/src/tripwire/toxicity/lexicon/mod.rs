//! What counts as toxic, and what makes the same words harmless. Slurs are kept in ROT13: a reader of this file need not read
//! them.

mod groups;

use self::groups::GROUPS;

/// What kind of toxicity a phrase is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Category {
    Hate,
    Threat,
    Violence,
    SelfHarm,
    Minors,
    Harassment,
    Profanity,
}

/// How sure a phrase is by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Weight {
    /// Trips at HIGH.
    Weak = 1,
    /// Trips from MEDIUM on.
    Likely = 2,
    /// Trips always.
    Certain = 3,
}

impl Category {
    /// The rule's name.
    pub(super) const fn rule(self) -> &'static str {
        match self {
            Self::Hate => "hate",
            Self::Threat => "threat",
            Self::Violence => "call-to-violence",
            Self::SelfHarm => "self-harm",
            Self::Minors => "sexual-content-about-minors",
            Self::Harassment => "harassment",
            Self::Profanity => "profanity",
        }
    }

    /// For people.
    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::Hate => "Words that demean people for what they are.",
            Self::Threat => "A threat against a person.",
            Self::Violence => "A call to violence against people.",
            Self::SelfHarm => "Words that urge or help somebody to harm themselves.",
            Self::Minors => "Sexual content about minors.",
            Self::Harassment => "An insult or harassment of a person.",
            Self::Profanity => "Coarse language.",
        }
    }
}

/// Slurs that mean nothing else, in ROT13.
pub(super) const SLURS: &str = "avttre avttref enturnq enturnqf fcvp fcvpf fhouhznaf fnaqavttre furznyr gbjryurnq gbjryurnqf genaal \
    genaavrf hagrezrafpu hagrezrafpura jrgonpx jrgonpxf ornare ornaref sntf snttbg snttbgf tbbx tbbxf \
    tbyyvjbt xvxr xvxrf";
/// Words that are slurs of people and sometimes something harmless, in ROT13.
pub(super) const MAYBE_SLURS: &str = "avttn cnxv cnxvf ergneq ergneqf ergneqrq fcnfgvp gneq pbba pbbaf pevccyr puvax puvaxf qlxr snt tlc tlccrq";
/// Coarse words, in ROT13.
pub(super) const COARSE: &str = "cevpx fuvg fuvggl fyhg fyhgf gjng jnaxre juber juberf nffubyr nffubyrf ohyyfuvg onfgneq onfgneqf ovgpu \
    ovgpurf phag phagf qbhpuront qvpxurnq shpx shpxre shpxref shpxrq shpxvat zbgureshpxre zbgureshpxref";

/// The words of a group, or the word itself.
pub(super) fn group(word: &'static str) -> Vec<&'static str> {
    GROUPS
        .iter()
        .find(|(name, _)| *name == word)
        .map_or_else(|| vec![word], |(_, words)| words.to_vec())
}

/// Phrases, one a line: words, alternatives with `|`, groups with `@`, beginnings with `*`, and `$` for the end of a sentence, `~2` for up to two words that do
/// not matter. `!` in front says that a `not` inside belongs to it.
pub(super) const PHRASES: &[(Category, Weight, &str)] = &[
    (
        Category::Hate,
        Weight::Certain,
        "@people are ~3 vermin|subhuman|animals|rats|cockroaches|roaches|parasites|filth|scum|savages|apes|monkeys|maggots|leeches|pests
         i|we ~1 hate ~1 @people
         gas the ~1 @people|jews
         @people are ~1 inferior
         @people are a ~1 disease|plague|cancer
         heil hitler
         sieg heil
         hitler was right
         ! @people do|dont|does ~1 deserve ~2 rights|live|vote|exist|breathe
         death to ~2 @people
         @people should ~2 @killed
         @people must|deserve|need ~3 @killed",
    ),
    (
        Category::Hate,
        Weight::Likely,
        "@people are ~3 @vermin
         @people is|as ~2 @vermin
         ! those|these|all|dirty|filthy|stupid|disgusting|lazy ~1 @people ~1 are|is|should|will|always|never|cant ~3 @vermin|criminals|thieves|rapists|liars|terrorists|lazy|control|breed|steal|ruin
         dirty|filthy|stupid|disgusting|damn|goddamn|bloody @people
         get|getting rid of ~2 @people
         @people ~1 go back to
         go back to your ~1 country|homeland|jungle
         ! no @people allowed|wanted|here
         ! @people cannot|cant|should|must|can ~1 not|be|never ~2 vote|trusted|lead|drive|code|work|allowed|educated
         women belong in ~1 kitchen
         white power
         white race ~2 superior|supreme|dominant
         race is superior|inferior
         master race
         @people control|controls ~1 banks|media|world
         @people breed like
         @people will|would ~2 replace us
         deport ~1 all ~1 @people
         we should ban ~1 all ~1 @people
         @people deserve ~2 suffer|slavery|enslaved|punished",
    ),
    (
        Category::Threat,
        Weight::Certain,
        "i|we|ill|well|we'll ~1 @will|ll ~3 kill|murder|stab|shoot|strangle|behead|rape|torture @you|you|her|him|them
         ill|im|i|we ~2 kill|murder|stab|shoot|strangle|behead you
         i|ill|we|well ~3 slit|cut your throat
         i|ill|we|well ~3 @harm your ~1 family|children|kids|wife|husband|mother|daughter|son|parents|legs|neck|bones|skull|face|house|home
         i|we|ill|well ~3 put|putting a bullet in
         i|we|ill|well ~3 burn your ~1 house|home|office|family
         you ~1 will|gonna|are|going ~2 die tonight|today|tomorrow|soon|screaming|slowly
         i|we|ill|well ~2 find you and ~2 @harm
         i|we|ill|well ~3 hunt you down",
    ),
    (
        Category::Threat,
        Weight::Likely,
        "i|we|ill|well|im ~3 @harm you|him|her|them
         i|we|ill|well ~2 make you suffer|bleed|pay|regret|scream|beg
         i|we ~1 know where you|your ~2 live|lives|sleep|work|school
         you ~1 will|youll ~1 regret|suffer|bleed|burn|die
         youll ~1 regret|suffer|bleed|burn|die|be dead
         you are dead $
         you are dead meat|man
         youre dead|finished
         your ~2 family|children|kids ~2 will|gonna ~2 die|suffer|pay|regret
         watch your back
         do|pay ~4 or|else ~3 @harm you|your
         your days are numbered $
         i|we|ill|well ~2 come|coming for|after you|your|him|her
         ! you ~2 wont|will|not ~2 see ~1 tomorrow|morning|another
         i|we ~2 hope you ~1 die|suffer|rot|burn|crash|bleed",
    ),
    (Category::Threat, Weight::Weak, "youll pay for this
         sleep with one eye open
         you better watch
         be a shame if something happened
         accidents happen to people"),
    (
        Category::Violence,
        Weight::Certain,
        "@kill|execute ~1 all|every|those|these|the ~2 @people
         @kill|execute|exterminate @people
         kill|murder|slaughter|exterminate|massacre|behead|lynch|gas all|every ~2 @folk
         death to ~2 @folk
         burn|blow|bomb|torch|firebomb ~2 the ~1 mosque|mosques|synagogue|synagogues|church|churches|temple|temples
         bomb|shoot|attack ~1 the|a|your|that|every ~2 @shrine
         shoot up ~1 the|a|your|my|that ~1 @shrine|school|mall|office|concert
         blow up ~1 the|a|your|that ~2 @shrine|bus|train|mall
         take up arms and|against ~3 @kill|@folk|@people|government
         kill|hang|shoot|lynch|behead|execute the|that|every ~1 president|judge|mayor|senator|minister|journalist|politician|infidel|traitor|traitors|journalists|judges",
    ),
    (
        Category::Violence,
        Weight::Likely,
        "@folk should|must|deserve|need ~3 killed|murdered|slaughtered|exterminated|lynched|beheaded|massacred|shot|stabbed|hanged|hung|gassed|beaten|die
         they|he|she|traitors|infidels ~1 should|must|deserve|deserves|need|needs ~3 killed|murdered|slaughtered|exterminated|lynched|beheaded|shot|stabbed|hanged|hung|gassed|die
         @kill|attack ~1 innocent ~1 @folk
         somebody|someone ~1 should|must|needs|please|has ~2 kill|shoot|murder|hang|lynch|stab|hurt|behead ~1 him|her|them|that|those|the|this
         lets|let ~2 kill|murder|shoot|lynch|hang|beat|stab ~1 him|her|them|someone|somebody|@people|@folk
         string them up
         blood in the streets
         blood ~2 run ~1 in the streets
         how|ways to ~3 build|make ~2 bomb|pipebomb|explosive ~3 kill|hurt|people|crowd|school
         hang|shoot|beat|stab|kill ~2 until they ~2 dead|die|stop
         beat ~2 to death
         rise up and|against ~2 @kill
         violence is the only|best ~1 answer|way|solution
         wipe|wiped ~2 @people|@folk ~1 off|out",
    ),
    (
        Category::SelfHarm,
        Weight::Certain,
        "kill|hang|shoot|drown|stab yourself|urself|yourselves|yourselfs
         kys
         you should|must|need|ought ~3 end your|it ~1 life|all
         you should|must|ought ~3 kill yourself
         you ~2 should|must|deserve ~2 die
         end your ~1 life
         slit|cut your ~1 wrists|wrist|veins
         ! world|everyone|everybody|family|we ~3 better ~1 without you
         drink bleach
         jump off|from|in ~1 a|the|front ~2 bridge|roof|building|cliff|train ~1",
    ),
    (
        Category::SelfHarm,
        Weight::Likely,
        "! nobody|noone|no ~2 would|will ~1 miss you
         just|go|please|simply ~1 die|disappear already|please|now|and
         go die
         how|ways|method|methods ~2 commit|committing suicide
         best|easiest|painless|fastest|quickest ~2 way|ways|method|methods ~2 suicide|die|kill|overdose|end
         hurting|cutting|starving|burning yourself ~2 helps|works|better|good|answer|easy|beautiful
         take ~1 all|enough|whole ~3 pills and|to|at ~3 sleep|die|end|once
         stop eating until ~3
         ! you ~1 have|are no|nothing ~1 reason|left ~1 to|for ~1 live|living
         try|start ~1 cutting|starving|burning|hurting yourself
         do everyone a favor|favour and ~2 die|disappear|leave|end
         suicide is ~2 answer|solution|way|beautiful|option|brave
         overdose on
         pro ana
         thinspo ~1",
    ),
    (
        Category::Minors,
        Weight::Certain,
        "child|kiddie|kid|underage|preteen|toddler|infant|baby porn|porno|pornography|erotica|nudes|sex|nude
         sex with ~3 child|children|kid|kids|minors|minor|underage|toddler|preteen|schoolgirl|schoolboy|infant
         @sexual ~3 underage|preteen|preteens|toddler|toddlers|schoolgirl|schoolgirls|loli|lolis|shota|minors|infant|infants
         @sexual ~2 of|with|about|featuring ~3 child|children|kid|kids|minor|minors|baby|babies|boys|girls ~1 under|aged
         underage|preteen|preteens|toddler|schoolgirl|schoolgirls|schoolboy|loli|shota ~3 @sexual
         @young year|years|yr|yrs|yo ~1 old|olds ~4 @sexual
         @sexual ~5 @young year|years|yr|yrs|yo ~1 old|olds
         @sexual ~2 of|with|about ~2 child|children|kids|minors|toddlers",
    ),
    (Category::Minors, Weight::Likely, "@sexual ~3 @minor
         @minor ~2 @sexual
         csam
         groom|grooming ~2 @minor|minor|girl|girls|boy|boys
         jailbait
         @young yo ~3 @sexual"),
    (
        Category::Harassment,
        Weight::Likely,
        "you|youre|ur|u ~1 are|r ~3 @insult
         youre|ur ~3 @insult
         you ~2 @insult|coward
         you ~1 piece of ~1 garbage|trash|filth|crap
         ! nobody|noone ~1 likes|loves|wants|cares ~1 you|about
         everyone|everybody ~1 hates|laughs ~2 you
         you disgust|sicken me|us
         what a ~2 idiot|moron|loser|imbecile|cretin you|he|she
         hey|listen|look|ok|yes|no|hello ~1 idiot|moron|loser|imbecile|cretin|scum
         such ~1 a|an ~2 idiot|moron|loser|imbecile|cretin|disgrace
         go to hell
         rot|burn in hell
         hope you ~1 choke|fail|rot
         ! you ~1 will never ~3 anything|anyone|loved|good
         your mother is
         shut up ~2 idiot|moron|loser|stupid|you
         send|share ~1 me ~2 nudes
         @insult like you",
    ),
    (Category::Harassment, Weight::Weak, "shut up
         shut your ~1 mouth|trap
         get lost
         screw you
         idiot|idiots
         moron|morons|imbecile|cretin
         drop dead
         hate you
         this|that|he|she|they|his|her|their ~1 is|are ~2 idiot|stupid|dumb|pathetic|garbage|trash
         worthless ~1 human|person|people"),
];

/// Words before or inside a phrase that turn it around.
pub(super) const NEGATIONS: &[&str] = &[
    "not",
    "never",
    "no",
    "dont",
    "doesnt",
    "wont",
    "cannot",
    "cant",
    "couldnt",
    "shouldnt",
    "isnt",
    "arent",
    "nor",
    "neither",
    "refuse",
    "refuses",
    "refused",
    "avoid",
    "avoids",
    "against",
    "stop",
    "prevent",
    "prevents",
    "without",
    "condemn",
    "condemns",
    "forbid",
    "forbidden",
    "forbids",
    "protect",
    "protects",
    "protection",
];

/// Words of people who speak about such phrases.
pub(super) const REPORTING: &[&str] = &[
    "said",
    "says",
    "wrote",
    "writes",
    "message",
    "messages",
    "example",
    "examples",
    "flag",
    "flags",
    "flagged",
    "detect",
    "detects",
    "detected",
    "block",
    "blocks",
    "blocked",
    "moderate",
    "moderation",
    "moderator",
    "moderators",
    "classifier",
    "classify",
    "classified",
    "filter",
    "filters",
    "policy",
    "policies",
    "tripwire",
    "tripwires",
    "label",
    "labels",
    "labelled",
    "labeled",
    "quote",
    "quotes",
    "quoted",
    "reported",
    "report",
    "reports",
    "novel",
    "story",
    "character",
    "movie",
    "film",
    "phrase",
    "phrases",
    "prevention",
    "hotline",
    "rejects",
    "rejected",
    "abuse",
];

/// Words of the trade, among which killing, burning and hanging harm nobody.
pub(super) const TECHNICAL: &[&str] = &[
    "process",
    "processes",
    "thread",
    "threads",
    "pid",
    "signal",
    "sigkill",
    "sigterm",
    "daemon",
    "container",
    "containers",
    "server",
    "servers",
    "pod",
    "pods",
    "job",
    "jobs",
    "task",
    "tasks",
    "bug",
    "bugs",
    "node",
    "nodes",
    "port",
    "session",
    "sessions",
    "zombie",
    "orphan",
    "branch",
    "branches",
    "replica",
    "database",
    "worker",
    "command",
    "script",
    "function",
    "token",
    "tokens",
    "supply",
    "contract",
    "game",
    "chess",
    "test",
    "tests",
    "query",
    "queries",
    "cpu",
    "disk",
    "memory",
    "instance",
    "instances",
    "feature",
    "loop",
    "deployment",
];
