<?php
// The four operations as one would write them with SoapServer and PDO: no authentication, rights, audit,
// idempotency or outbox. SoapServer reads the requests by the published contract.

const COLUMNS = 'user_id AS userId, company_id AS companyId, user_number AS userNumber, first_name AS firstName,
    last_name AS lastName, email, language, mobile_phone AS mobilePhone, administrator, state,
    created_at AS createdAt, version';

final class Provisioning
{
    private ?PDO $db = null;

    public function Ping($request)
    {
        return ['pong' => ['time' => self::now(), 'serviceVersion' => '1', 'contractVersion' => '1']];
    }

    public function GetUser($request)
    {
        $ref = $request->userRef;
        return ['user' => $this->user($ref->companyId, $ref->userNumber)];
    }

    public function CreateUser($request)
    {
        $new = $request->newUser;
        $id = bin2hex(random_bytes(13));
        $db = $this->db();
        $db->exec('BEGIN IMMEDIATE');
        $highest = $this->run('SELECT max(user_number) FROM users WHERE company_id = ?', [$request->companyId]);
        $number = (string) ((int) $highest->fetchColumn() + 1);
        $highest->closeCursor();
        $this->run(
            'INSERT INTO users VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
            [$id, $request->companyId, $number, $new->firstName, $new->lastName, $new->email, 'en',
             $new->mobilePhone, 0, 'ACTIVE', self::now(), 1]
        );
        $user = $this->user($request->companyId, $number);
        $db->exec('COMMIT');
        $outcome = ['transactionId' => $id, 'replayed' => false, 'noChange' => false, 'dryRun' => false,
                    'provisioning' => 'IN_SYNC'];
        return ['createUserResult' => ['user' => $user, 'outcome' => $outcome]];
    }

    public function ListUsers($request)
    {
        $found = $this->run(
            'SELECT ' . COLUMNS . ' FROM users WHERE company_id = ? ORDER BY user_number LIMIT ?',
            [$request->companyId, $request->pageSize + 1]
        )->fetchAll(PDO::FETCH_ASSOC);
        $users = array_slice($found, 0, $request->pageSize);
        $page = ['user' => $users, 'more' => count($found) > count($users)];
        if (count($found) > count($users)) {
            $page['nextCursor'] = end($users)['userNumber'];
        }
        return ['userPage' => $page];
    }

    private function user(string $company, string $number): array
    {
        $found = $this->run(
            'SELECT ' . COLUMNS . ' FROM users WHERE company_id = ? AND user_number = ?',
            [$company, $number]
        );
        $user = $found->fetch(PDO::FETCH_ASSOC);
        $found->closeCursor();
        return $user;
    }

    private function run(string $sql, array $values): PDOStatement
    {
        $statement = $this->db()->prepare($sql);
        foreach ($values as $number => $value) {
            $statement->bindValue($number + 1, $value, is_int($value) ? PDO::PARAM_INT : PDO::PARAM_STR);
        }
        $statement->execute();
        return $statement;
    }

    private function db(): PDO
    {
        // A connection that stays, and SQLite's own default, synchronous=FULL.
        return $this->db ??= new PDO('sqlite:' . $_SERVER['BENCH_DATABASE'], null, null, [
            PDO::ATTR_PERSISTENT => true, PDO::ATTR_TIMEOUT => 10,
        ]);
    }

    private static function now(): string
    {
        return gmdate('Y-m-d\TH:i:s\Z');
    }
}

$server = new SoapServer($_SERVER['BENCH_WSDL']);
$server->setObject(new Provisioning());
$server->handle();
